import { describe, expect, test } from 'vitest'
import { BY, configMap, configMapAt, faultOf, type At } from './ground.ts'

/** What JSON Patch promises. */
export function describePatch(at: At): void {
  describe('patch', () => {
    test('changes what it says when its tests hold, absence tested with null', async () => {
      const { cluster, namespace } = at()
      await cluster.create(configMap(namespace, 'patched', { data: { a: '1' } }), BY)
      const patched = await cluster.patch(
        configMapAt(namespace, 'patched'),
        [
          { op: 'test', path: '/data/a', value: '1' },
          { op: 'test', path: '/data/b', value: null },
          { op: 'add', path: '/data/b', value: '2' },
          { op: 'remove', path: '/data/a' },
        ],
        BY,
      )
      expect(patched).toMatchObject({ data: { b: '2' } })
    })

    test('changes nothing and says INPUT_INVALID when a test does not hold or a path does not exist', async () => {
      const { cluster, namespace } = at()
      const made = await cluster.create(configMap(namespace, 'guarded', { data: { a: '1' } }), BY)
      const guarded = configMapAt(namespace, 'guarded')
      expect(
        await faultOf(
          cluster.patch(
            guarded,
            [
              { op: 'add', path: '/data/b', value: '2' },
              { op: 'test', path: '/data/a', value: '2' },
            ],
            BY,
          ),
        ),
      ).toMatchObject({ code: 'INPUT_INVALID' })
      expect(await faultOf(cluster.patch(guarded, [{ op: 'remove', path: '/data/none' }], BY))).toMatchObject({ code: 'INPUT_INVALID' })
      expect(await cluster.get(guarded)).toEqual(made)
    })

    test('says NOT_FOUND for an object that is not there', async () => {
      const { cluster, namespace } = at()
      expect(await faultOf(cluster.patch(configMapAt(namespace, 'nobody'), [{ op: 'add', path: '/data', value: {} }], BY))).toMatchObject({ code: 'NOT_FOUND' })
    })
  })
}

/** What delete promises. */
export function describeDelete(at: At): void {
  describe('delete', () => {
    test('removes an object, and finds nothing wrong with one that is gone', async () => {
      const { cluster, namespace } = at()
      await cluster.create(configMap(namespace, 'deleted'), BY)
      await cluster.delete(configMapAt(namespace, 'deleted'))
      await cluster.delete(configMapAt(namespace, 'deleted'))
      expect(await cluster.get(configMapAt(namespace, 'deleted'))).toBeUndefined()
    })

    test('spares an object that is not the one meant', async () => {
      const { cluster, namespace } = at()
      const made = await cluster.create(configMap(namespace, 'spared'), BY)
      const spared = configMapAt(namespace, 'spared')
      expect(await faultOf(cluster.delete(spared, { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } }))).toMatchObject({ code: 'CONFLICT' })
      expect(await faultOf(cluster.delete(spared, { preconditions: { resourceVersion: '1' } }))).toMatchObject({ code: 'CONFLICT' })
      expect(await cluster.get(spared)).toEqual(made)
      await cluster.delete(spared, { preconditions: { uid: made.metadata.uid ?? '' } })
      expect(await cluster.get(spared)).toBeUndefined()
    })

    test('keeps an object with finalizers, marked', async () => {
      const { cluster, namespace } = at()
      const plain = configMap(namespace, 'final')
      const held = { ...plain, metadata: { ...plain.metadata, finalizers: ['example.invalid/hold'] } }
      await cluster.create(held, BY)
      await cluster.delete(configMapAt(namespace, 'final'))
      expect((await cluster.get(configMapAt(namespace, 'final')))?.metadata.deletionTimestamp).toMatch(/^\d{4}-/)
      await cluster.patch(configMapAt(namespace, 'final'), [{ op: 'remove', path: '/metadata/finalizers' }], BY)
      expect(await cluster.get(configMapAt(namespace, 'final'))).toBeUndefined()
    })
  })
}
