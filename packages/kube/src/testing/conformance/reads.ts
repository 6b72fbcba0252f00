import { describe, expect, test } from 'vitest'
import { BY, CONFIG_MAP, configMap, configMapAt, type At } from './ground.ts'

/** What get and list promise. */
export function describeReads(at: At): void {
  describe('get and list', () => {
    test('answers undefined for an object that is not there, in a namespace that is not there, too', async () => {
      const { cluster, namespace } = at()
      expect(await cluster.get({ resource: CONFIG_MAP, namespace, name: 'nobody' })).toBeUndefined()
      expect(await cluster.get({ resource: CONFIG_MAP, namespace: 'nowhere-at-all', name: 'nobody' })).toBeUndefined()
    })

    test('reads what was created, managedFields included', async () => {
      const { cluster, namespace } = at()
      const made = await cluster.create(configMap(namespace, 'read-me', { data: { a: '1' } }), BY)
      const read = await cluster.get(configMapAt(namespace, 'read-me'))
      expect(read).toEqual(made)
      expect(read?.metadata.managedFields).toHaveLength(1)
    })

    test('lists by labels and by name, each item with its kind and without managedFields unless asked', async () => {
      const { cluster, namespace } = at()
      for (const [name, tier] of [
        ['list-a', 'web'],
        ['list-b', 'web'],
        ['list-c', 'db'],
      ] as const)
        await cluster.create(configMap(namespace, name, { labels: { tier } }), BY)
      const web = await cluster.list({ resource: CONFIG_MAP, namespace, labelSelector: 'tier in (web)' })
      expect(web.items.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name, metadata.managedFields])).toEqual([
        ['v1', 'ConfigMap', 'list-a', undefined],
        ['v1', 'ConfigMap', 'list-b', undefined],
      ])
      expect(Number(web.resourceVersion)).toBeGreaterThan(0)
      const one = await cluster.list({ resource: CONFIG_MAP, namespace, fieldSelector: 'metadata.name=list-c', managedFields: true })
      expect(one.items.map(({ metadata }) => [metadata.name, metadata.managedFields?.length])).toEqual([['list-c', 1]])
    })

    test('reads more objects than fit a page', async () => {
      const { cluster, namespace } = at()
      const names = Array.from({ length: 505 }, (_each, index) => `page-${String(index).padStart(3, '0')}`)
      for (let start = 0; start < names.length; start += 20)
        await Promise.all(names.slice(start, start + 20).map((name) => cluster.create(configMap(namespace, name, { labels: { paged: 'yes' } }), BY)))
      const { items } = await cluster.list({ resource: CONFIG_MAP, namespace, labelSelector: 'paged=yes' })
      expect(items.map(({ metadata }) => metadata.name).toSorted()).toEqual(names)
    }, 60_000)
  })
}
