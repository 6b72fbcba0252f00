import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../object.ts'
import { BY, configMap, configMapAt, deployment, deploymentAt, faultOf, retryConflicts, LEASE, type At } from './ground.ts'

/** What create promises. */
export function describeCreate(at: At): void {
  describe('create', () => {
    test('gives an object a uid, a version and a generation that counts changes of its spec only', async () => {
      const { cluster, namespace } = at()
      const made = await cluster.create(deployment(namespace, 'counted'), BY)
      expect(made.metadata).toMatchObject({ generation: 1, uid: expect.stringMatching(/./), resourceVersion: expect.stringMatching(/^\d+$/) })
      const labelled = await retryConflicts(async () =>
        cluster.patch(deploymentAt(namespace, 'counted'), [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }], BY),
      )
      expect(labelled.metadata.generation).toBe(1)
      const scaled = await retryConflicts(async () =>
        cluster.patch(
          deploymentAt(namespace, 'counted'),
          [
            { op: 'replace', path: '/spec/replicas', value: 0 },
            { op: 'add', path: '/spec/paused', value: true },
          ],
          BY,
        ),
      )
      expect(scaled.metadata.generation).toBe(2)
    })

    test('refuses to create what exists, what has no namespace to be in, and a kind nobody serves', async () => {
      const { cluster, namespace } = at()
      await cluster.create(configMap(namespace, 'twice'), BY)
      expect(await faultOf(cluster.create(configMap(namespace, 'twice'), BY))).toMatchObject({
        code: 'CONFLICT',
        message: expect.stringMatching(/^ConfigMap ".*\/twice": .*already exists/),
      })
      expect(await faultOf(cluster.create(configMap('nowhere-at-all', 'lost'), BY))).toMatchObject({
        code: 'NOT_FOUND',
        message: expect.stringContaining('namespaces "nowhere-at-all" not found'),
      })
      const alien = { apiVersion: 'example.invalid/v1', kind: 'Alien', metadata: { name: 'x', namespace } }
      expect(await faultOf(cluster.create(alien, BY))).toMatchObject({ code: 'UNSUPPORTED', message: expect.stringMatching(/^Alien: .*example\.invalid\/v1/) })
    })
  })
}

/** What replace promises. */
export function describeReplace(at: At): void {
  describe('replace', () => {
    test('replaces with the current version only', async () => {
      const { cluster, namespace } = at()
      const first = await cluster.create(configMap(namespace, 'replaced', { data: { a: '1' } }), BY)
      const second = await cluster.replace({ ...first, data: { a: '2' } } as KubeObject, BY)
      expect(second).toMatchObject({ data: { a: '2' }, metadata: { uid: first.metadata.uid } })
      expect(await faultOf(cluster.replace({ ...first, data: { a: '3' } } as KubeObject, BY))).toMatchObject({ code: 'CONFLICT' })
    })

    test('answers the same version for a replace that changes nothing', async () => {
      const { cluster, namespace } = at()
      const first = await cluster.create(configMap(namespace, 'unchanged', { data: { a: '1' } }), BY)
      expect((await cluster.replace(first, BY)).metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    })

    test('creates a Lease by replace, once: the next without a version is refused', async () => {
      const { cluster, namespace } = at()
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'locked', namespace }, spec: { holderIdentity: 'one' } }
      expect((await cluster.replace(lease, BY)).metadata.uid).toBeDefined()
      expect(await faultOf(cluster.replace({ ...lease, spec: { holderIdentity: 'two' } }, BY))).toMatchObject({ code: 'INPUT_INVALID' })
      expect((await cluster.get({ resource: LEASE, namespace, name: 'locked' }))?.spec).toEqual({ holderIdentity: 'one' })
      expect(await faultOf(cluster.replace(configMap(namespace, 'not-made-so'), BY))).toMatchObject({ code: 'NOT_FOUND' })
    })

    test('creates a deleted Lease again by a replace with a version, but not by one with its uid', async () => {
      const { cluster, namespace } = at()
      const reference = { resource: LEASE, namespace, name: 'deleted' }
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'deleted', namespace }, spec: { holderIdentity: 'one' } }
      const { uid = '', resourceVersion = '' } = (await cluster.replace(lease, BY)).metadata
      await cluster.delete(reference)
      const withUid = { ...lease, metadata: { ...lease.metadata, uid, resourceVersion } }
      expect(await faultOf(cluster.replace(withUid, BY))).toMatchObject({ code: 'CONFLICT' })
      const made = await cluster.replace({ ...lease, metadata: { ...lease.metadata, resourceVersion } }, BY)
      expect(made.metadata.uid).not.toBe(uid)
      expect(await faultOf(cluster.replace({ ...made, metadata: { ...made.metadata, uid } }, BY))).toMatchObject({ code: 'CONFLICT' })
      expect(await cluster.get(reference)).toEqual(made)
    })
  })
}

/** What a dry run promises. */
export function describeDryRun(at: At): void {
  describe('a dry run', () => {
    test('changes nothing in a dry run', async () => {
      const { cluster, namespace } = at()
      expect((await cluster.create(configMap(namespace, 'dry', { data: { a: '1' } }), { ...BY, dryRun: true })).metadata.name).toBe('dry')
      expect(await cluster.get(configMapAt(namespace, 'dry'))).toBeUndefined()
      const made = await cluster.create(configMap(namespace, 'dry', { data: { a: '1' } }), BY)
      await cluster.apply(configMap(namespace, 'dry', { data: { a: '2' } }), { manager: 'other', dryRun: true, force: true })
      await cluster.patch(configMapAt(namespace, 'dry'), [{ op: 'remove', path: '/data/a' }], { ...BY, dryRun: true })
      await cluster.delete(configMapAt(namespace, 'dry'), { dryRun: true })
      expect(await cluster.get(configMapAt(namespace, 'dry'))).toEqual(made)
    })
  })
}
