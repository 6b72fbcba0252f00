import { systemClock } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { valueAt } from '../../json-pointer.ts'
import type { Resource } from '../../resource.ts'
import { WatchExpired } from '../../watch-expired.ts'
import { follow } from '../../follow.ts'
import { BY, CONFIG_MAP, configMap, configMapAt, take, type At } from './ground.ts'

/** What watches promise. */
export function describeWatch(at: At): void {
  describe('watch', () => {
    test('tells everything after a point in history, in order, as the selection sees it', async () => {
      const { cluster, namespace } = at()
      const selection = { resource: CONFIG_MAP, namespace, labelSelector: 'watched=yes' }
      const { resourceVersion } = await cluster.list(selection)
      const watched = configMapAt(namespace, 'watched')
      await cluster.create(configMap(namespace, 'watched', { data: { a: '1' }, labels: { watched: 'yes' } }), BY)
      await cluster.patch(watched, [{ op: 'add', path: '/data/a', value: '2' }], BY)
      await cluster.patch(watched, [{ op: 'remove', path: '/metadata/labels/watched' }], BY)
      await cluster.patch(watched, [{ op: 'add', path: '/metadata/labels', value: { watched: 'yes' } }], BY)
      await cluster.delete(watched)
      const events = await take(cluster, { selection, resourceVersion, count: 5 })
      expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED', 'ADDED', 'DELETED'])
      const versions = events.map((event) => (event.type === 'BOOKMARK' ? 0 : Number(event.object.metadata.resourceVersion)))
      expect(versions).toEqual(versions.toSorted((a, b) => a - b))
      expect(events.every((event) => event.type !== 'BOOKMARK' && event.object.kind === 'ConfigMap' && event.object.metadata.managedFields === undefined)).toBe(
        true,
      )
    })

    test('says WatchExpired for a point in history that is gone', async () => {
      const { cluster, forgotten } = at()
      await expect(take(cluster, { ...(await forgotten()), count: 1 })).rejects.toBeInstanceOf(WatchExpired)
    })

    test('ends with the signal', async () => {
      const { cluster, namespace } = at()
      const selection = { resource: CONFIG_MAP, namespace, labelSelector: 'nothing=here' }
      const { resourceVersion } = await cluster.list(selection)
      const over = new AbortController()
      const watching = (async () => {
        for await (const event of cluster.watch(selection, { resourceVersion, signal: over.signal })) expect(event.type).toBe('BOOKMARK')
      })()
      over.abort(new Error('enough'))
      await expect(watching).rejects.toThrow('enough')
    })
  })
}

/** What follow promises on top of watches. */
export function describeFollow(at: At): void {
  describe('follow', () => {
    test('follows a selection from its first list through every change', async () => {
      const { cluster, namespace } = at()
      await cluster.create(configMap(namespace, 'follow-a', { data: { n: '1' }, labels: { followed: 'yes' } }), BY)
      const followed = follow(cluster, { resource: CONFIG_MAP, namespace, labelSelector: 'followed=yes' }, { clock: systemClock })
      await followed.synced
      const seen = () => Object.fromEntries(followed.objects().map((object) => [object.metadata.name, valueAt(object, ['data', 'n'])]))
      expect(seen()).toEqual({ 'follow-a': '1' })
      await cluster.create(configMap(namespace, 'follow-b', { data: { n: '1' }, labels: { followed: 'yes' } }), BY)
      await cluster.patch(configMapAt(namespace, 'follow-a'), [{ op: 'replace', path: '/data/n', value: '2' }], BY)
      await expect.poll(seen, { timeout: 5_000 }).toEqual({ 'follow-a': '2', 'follow-b': '1' })
      await cluster.delete(configMapAt(namespace, 'follow-b'))
      await expect.poll(seen, { timeout: 5_000 }).toEqual({ 'follow-a': '2' })
      followed.stop()
    })

    test('refuses to follow a kind nobody serves', async () => {
      const { cluster, namespace } = at()
      const alien: Resource = { apiVersion: 'example.invalid/v1', kind: 'Alien', plural: 'aliens', namespaced: true }
      await expect(follow(cluster, { resource: alien, namespace }, { clock: systemClock }).synced).rejects.toMatchObject({ code: 'UNSUPPORTED' })
    })
  })
}
