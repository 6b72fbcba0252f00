import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../object.ts'
import { BY, SERVICE, configMap, configMapAt, deployment, faultOf, service, type At } from './ground.ts'

/** What server-side apply promises. */
export function describeApply(at: At): void {
  describe('apply', () => {
    test('creates, then changes what it names and leaves what it does not', async () => {
      const { cluster, namespace } = at()
      await cluster.apply(configMap(namespace, 'applied', { data: { a: '1' } }), BY)
      await cluster.patch(configMapAt(namespace, 'applied'), [{ op: 'add', path: '/data/theirs', value: 'x' }], { manager: 'other' })
      expect(await cluster.apply(configMap(namespace, 'applied', { data: { a: '2' } }), BY)).toMatchObject({ data: { a: '2', theirs: 'x' } })
    })

    test('removes a field it stops naming, unless somebody else owns it as well', async () => {
      const { cluster, namespace } = at()
      await cluster.apply(configMap(namespace, 'dropped', { data: { mine: '1', ours: '1' } }), BY)
      await cluster.apply(configMap(namespace, 'dropped', { data: { ours: '1' } }), { manager: 'other' })
      const left = await cluster.apply(configMap(namespace, 'dropped'), BY)
      expect((left as KubeObject & { data?: unknown }).data).toEqual({ ours: '1' })
    })

    test('resets replicas to 1 when it stops naming them', async () => {
      const { cluster, namespace } = at()
      await cluster.apply(deployment(namespace, 'reset', { replicas: 3 }), BY)
      expect((await cluster.apply(deployment(namespace, 'reset', { replicas: undefined }), BY)).spec).toMatchObject({ replicas: 1 })
    })
  })
}

/** What server-side apply promises to other managers. */
export function describeOwnership(at: At): void {
  describe('apply, to what others own', () => {
    test('names the field and its manager in a conflict, and takes it over only by force', async () => {
      const { cluster, namespace } = at()
      await cluster.apply(deployment(namespace, 'contested', { image: 'one:1' }), BY)
      const fault = await faultOf(cluster.apply(deployment(namespace, 'contested', { image: 'two:2' }), { manager: 'other' }))
      expect(fault).toMatchObject({
        code: 'CONFLICT',
        problems: [{ message: expect.stringMatching(/^\.spec\.template\.spec\.containers\[name="web"\]\.image: conflict with "conformance"/) }],
      })
      const taken = await cluster.apply(deployment(namespace, 'contested', { image: 'two:2' }), { manager: 'other', force: true })
      expect(taken.spec).toMatchObject({ template: { spec: { containers: [{ name: 'web', image: 'two:2' }] } } })
      expect(await faultOf(cluster.apply(deployment(namespace, 'contested', { image: 'one:1' }), BY))).toMatchObject({ code: 'CONFLICT' })
    })

    test('shares a field when both want the same', async () => {
      const { cluster, namespace } = at()
      await cluster.apply(configMap(namespace, 'shared-field', { data: { a: '1' } }), BY)
      await cluster.apply(configMap(namespace, 'shared-field', { data: { a: '1' } }), { manager: 'other' })
      expect(await faultOf(cluster.apply(configMap(namespace, 'shared-field', { data: { a: '2' } }), BY))).toMatchObject({ code: 'CONFLICT' })
    })

    test('treats a selector as one field, which an update by another manager takes over', async () => {
      const { cluster, namespace } = at()
      await cluster.apply(service(namespace, 'pointed', { app: 'web' }), BY)
      await cluster.patch({ resource: SERVICE, namespace, name: 'pointed' }, [{ op: 'add', path: '/spec/selector/slot', value: 'blue' }], {
        manager: 'pointer',
      })
      const fault = await faultOf(cluster.apply(service(namespace, 'pointed', { app: 'web' }), BY))
      expect(fault).toMatchObject({ code: 'CONFLICT', problems: [{ message: expect.stringMatching(/^\.spec\.selector: conflict with "pointer"/) }] })
    })

    test('changes nothing the second time, the version included', async () => {
      const { cluster, namespace } = at()
      const first = await cluster.apply(configMap(namespace, 'idempotent', { data: { a: '1' } }), BY)
      expect(await cluster.apply(configMap(namespace, 'idempotent', { data: { a: '1' } }), BY)).toEqual(first)
    })

    test('is fenced by a version it carries', async () => {
      const { cluster, namespace } = at()
      const first = await cluster.apply(configMap(namespace, 'fenced', { data: { a: '1' } }), BY)
      await cluster.patch(configMapAt(namespace, 'fenced'), [{ op: 'add', path: '/data/theirs', value: 'x' }], { manager: 'other' })
      const stale = configMap(namespace, 'fenced', { data: { a: '2' } })
      const fenced = { ...stale, metadata: { ...stale.metadata, resourceVersion: first.metadata.resourceVersion ?? '' } }
      expect(await faultOf(cluster.apply(fenced, BY))).toMatchObject({ code: 'CONFLICT' })
    })
  })
}
