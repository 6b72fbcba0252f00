import { describe, expect, test } from 'vitest'
import { BY, CONFIG_MAP, DEPLOYMENT, faultOf, NAMESPACE, type At } from './ground.ts'

/** What the remaining questions promise. */
export function describeRest(at: At): void {
  describe('the rest', () => {
    test('knows kinds by what people write', async () => {
      const { cluster } = at()
      expect(await cluster.resourceNamed('deploy')).toEqual(DEPLOYMENT)
      expect(await cluster.resourceNamed('ConfigMap')).toEqual(CONFIG_MAP)
      expect(await cluster.resourceOf({ apiVersion: 'v1', kind: 'Namespace' })).toEqual(NAMESPACE)
      expect(await faultOf(cluster.resourceNamed('aliens.example.invalid'))).toMatchObject({ code: 'UNSUPPORTED' })
    })

    test('answers nobody whose signal is aborted', async () => {
      const { cluster, namespace } = at()
      const reason = new Error('stopped')
      const options = { signal: AbortSignal.abort(reason) }
      await expect(cluster.resourceOf({ apiVersion: 'v1', kind: 'Namespace' }, options)).rejects.toBe(reason)
      await expect(cluster.resourceNamed('deploy', options)).rejects.toBe(reason)
      await expect(cluster.get({ resource: NAMESPACE, name: namespace }, options)).rejects.toBe(reason)
      await expect(cluster.list({ resource: NAMESPACE }, options)).rejects.toBe(reason)
      await expect(cluster.may({ verb: 'create', group: '', resource: 'pods', namespace }, options)).rejects.toBe(reason)
    })

    test('puts an object without a namespace into the one of the connection', async () => {
      const { cluster } = at()
      const made = await cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'homeless' } }, BY)
      expect(made.metadata.namespace).toBe(cluster.namespace)
      await cluster.delete({ resource: CONFIG_MAP, name: 'homeless' })
    })

    test('answers undefined for the log of a Pod that is not there', async () => {
      const { cluster, namespace } = at()
      expect(await cluster.logs({ namespace, pod: 'nobody', container: 'web' })).toBeUndefined()
    })

    test('cannot carry a request to a Pod that is not there', async () => {
      const { cluster, namespace } = at()
      expect(await faultOf(cluster.proxy({ namespace, target: 'pods', name: 'nobody', path: '/', timeout: 5_000 }))).toMatchObject({ code: 'NOT_FOUND' })
    })
  })
}
