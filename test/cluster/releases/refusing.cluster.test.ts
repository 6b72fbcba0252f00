import { currentCluster, type Cluster } from '@fairlead/bed'
import { startLoad } from '@fairlead/load'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, endpoint, kubeconfig, type Place } from '../cluster.ts'
import { causeOf, deploy, LOADED, Places, shopManifest, standOf, told, type Version } from './stage.ts'

const places = new Places()
let cluster: Cluster
let place: Place
let url: string

/** Versions that must never meet a user, and why they are refused. */
const BAD: readonly (readonly [string, Version, string, Readonly<Record<string, string>>])[] = [
  ['crashes on start', { env: { CRASH_AFTER: '100ms' } }, 'crash', {}],
  ['never becomes ready', { env: { READY_AFTER: '10m' } }, 'probe', { timeout: '8s' }],
  ['cannot be pulled', { image: '127.0.0.1:5000/shop:never-pushed' }, 'image-pull', {}],
  ['lies about readiness and fails a check', { env: { LIE: 'true' } }, 'check', { checks: '- path: /' }],
]

beforeAll(async () => {
  const { FAIRLEAD_INSIDE: inside, FAIRLEAD_BED: bed } = process.env
  cluster = await currentCluster(inside ?? bed ?? 'default', process.env)
  place = await places.make('refuse')
  const first = await deploy(place, { manifest: await shopManifest(), inputs: {} })
  if (first.exitCode !== 0) throw new Error(first.raw)
  url = `http://${await place.kubectl('get', 'service', 'shop', '-o', 'jsonpath={.spec.clusterIP}')}`
})
afterAll(() => places.remove())

describe('a version that', () => {
  test.each(BAD)('%s is refused with its cause, and no request reaches it', async (_, version, cause, inputs) => {
    const before = await standOf(place)
    const written = () => place.kubectl('get', 'service', 'shop', '-o', 'jsonpath={.metadata.resourceVersion}')
    const untouched = await written()
    const load = await startLoad(cluster, { url, namespace: place.namespace, rate: 50, shapes: ['connection', 'keep-alive'], most: 20_000 })
    const refused = await deploy(place, { manifest: await shopManifest({ ...version, env: { ...version.env, VERSION: 'refused' } }), inputs })
    const { all } = await load.stop()
    expect({ ...told(refused), cause: causeOf(refused) }, refused.raw).toMatchObject({ exit: 1, conclusion: 'failure', release: '1', slot: 'blue', cause })
    expect({ lost: all.lost, versions: Object.keys(all.versions) }).toEqual({ lost: 0, versions: ['1'] })
    // The pointer was not even touched.
    expect(await written()).toBe(untouched)
    const after = await standOf(place)
    expect({ selector: after.selector, paused: after.paused, blue: after.replicas['shop-blue'], green: after.replicas['shop-green'] ?? 0 }).toEqual({
      selector: before.selector,
      paused: [],
      blue: 3,
      green: 0,
    })
    expect(after.configMaps.toSorted()).toEqual(before.configMaps.toSorted())
  })

  test('is refused has its line of the manifest annotated', async () => {
    const refused = await deploy(place, { manifest: await shopManifest({ image: '127.0.0.1:5000/shop:never-pushed' }), inputs: {} })
    const [annotation] = refused.annotations
    expect(annotation?.properties['file'], refused.raw).toBe('shop.yaml')
    expect(Number(annotation?.properties['line'])).toBeGreaterThan(10)
  })

  test('fails only under its users is taken back, and nothing is lost on the way', async () => {
    const service = await place.kubectl('get', 'service', 'shop', '-o', 'jsonpath={.spec.selector}')
    const load = await startLoad(cluster, { url, namespace: place.namespace, rate: 50, most: 20_000 })
    const record = await deploy(place, {
      manifest: await shopManifest({ image: '127.0.0.1:5000/shop:2', env: { CRASH_AFTER: '12s' } }),
      inputs: { ...LOADED, soak: '20s' },
    })
    const report = await load.stop()
    expect(told(record), record.raw).toMatchObject({ exit: 1, conclusion: 'failure', release: '1', slot: 'blue' })
    expect(record.log.at(-1)).toMatch(/restarted while users were on it.*Traffic is back: shop serves release 1 from blue/)
    expect(await place.kubectl('get', 'service', 'shop', '-o', 'jsonpath={.spec.selector}')).toBe(service)
    // The crash itself may cost what was on that Pod; the way back costs nothing that the old version answers.
    expect(report.all.versions['1']?.count ?? 0).toBeGreaterThan(100)
  })
})

describe('a preflight refusal', () => {
  test.each([
    ['a headless Service', { clusterIP: 'None' }, /is headless/],
    ['publishNotReadyAddresses', { publishNotReadyAddresses: true }, /sends requests to Pods that are not ready/],
  ])('of %s writes nothing', async (_, spec, sentence) => {
    const odd = await places.make('odd')
    const manifest = await shopManifest()
    await odd.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'shop' },
      spec: { selector: { app: 'shop' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
    })
    const record = await deploy(odd, { manifest, inputs: {} })
    expect(told(record), record.raw).toMatchObject({ exit: 1, fault: 'UNSUPPORTED' })
    expect(record.raw).toMatch(sentence)
    expect(await standOf(odd)).toMatchObject({ replicas: {}, configMaps: [] })
  })

  test('names every right that is missing at once, with the Role to apply, before the first write', async () => {
    const poor = await places.make('poor')
    const token = await account(poor, 'poor', [
      { apiGroups: ['', 'apps', 'discovery.k8s.io', 'autoscaling', 'policy', 'coordination.k8s.io'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
    ])
    const record = await deploy(poor, { manifest: await shopManifest(), inputs: {}, kubeconfig: kubeconfig(await endpoint(), { token }) })
    expect(told(record), record.raw).toMatchObject({ exit: 1, fault: 'ACCESS_DENIED' })
    for (const resource of ['deployments', 'services', 'configmaps', 'poddisruptionbudgets']) expect(record.raw).toContain(`"${resource}"`)
    expect(await standOf(poor)).toMatchObject({ replicas: {}, selector: {} })
  })
})
