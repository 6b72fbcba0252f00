import { setTimeout as sleep } from 'node:timers/promises'
import { currentCluster, type Cluster } from '@fairlead/bed'
import { startLoad } from '@fairlead/load'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Place } from '../cluster.ts'
import { causeOf, deploy, LOADED, Places, podUids, rollback, shopManifest, standOf, told } from './stage.ts'

const places = new Places()
let cluster: Cluster
beforeAll(async () => {
  const { FAIRLEAD_INSIDE: inside, FAIRLEAD_BED: bed } = process.env
  cluster = await currentCluster(inside ?? bed ?? 'default', process.env)
})
afterAll(() => places.remove())

/** What a user has who has never heard of us: a Deployment and a Service, made by kubectl or by a tool that applies as another manager. */
async function plainShop(how: 'kubectl' | 'helm', hpa = false): Promise<Place & { readonly url: string }> {
  const place = await places.make(`adopt-${how}`)
  const manifest = await shopManifest()
  if (how === 'kubectl') await place.apply(manifest)
  // What Helm 3 does: plain creation as its own manager, no last-applied annotation.
  else await applyAs(place, manifest)
  if (hpa) await place.kubectl('autoscale', 'deployment', 'shop', '--min=3', '--max=5', '--cpu-percent=90')
  await place.kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s')
  // Nodes learn of ready Pods a few seconds after the control plane: what is lost before that is not ours.
  await sleep(4_000)
  return { ...place, url: `http://${await place.kubectl('get', 'service', 'shop', '-o', 'jsonpath={.spec.clusterIP}')}` }
}

async function applyAs(place: Place, manifest: string): Promise<void> {
  const { kubectl } = await import('../cluster.ts')
  await kubectl(['-n', place.namespace, 'create', '--field-manager=helm', '-f', '-'], manifest)
}

async function specOf(place: Place): Promise<Readonly<Record<string, unknown>>> {
  const { spec } = JSON.parse(await place.kubectl('get', 'deployment', 'shop', '-o', 'json')) as { spec: Record<string, unknown> }
  const { replicas: _replicas, paused: _paused, ...rest } = spec
  return rest
}

/** kubectl itself refuses to restart what is held: that is a disturbance as well. */
async function disturb(place: Place, command: readonly string[]): Promise<string> {
  return await place.kubectl(...command).catch((error: Error) => error.message)
}

describe('adoption', () => {
  test.each([
    ['kubectl', 'rollout', 'restart', 'deployment/shop'],
    ['helm', 'set', 'image', 'deployment/shop', 'shop=127.0.0.1:5000/shop:3'],
    ['kubectl', 'patch', 'deployment', 'shop', '-p', '{"spec":{"template":{"metadata":{"annotations":{"edited":"yes"}}}}}'],
  ] as const)('of what %s made loses nothing, whoever does %s %s meanwhile', async (how, ...disturbance) => {
    const place = await plainShop(how)
    const uids = await podUids(place, 'app=shop')
    const load = await startLoad(cluster, { url: place.url, namespace: place.namespace, rate: 50, most: 20_000 })
    let disturbed: Promise<string> | undefined
    const record = await deploy(place, {
      inputs: { ...LOADED, image: '127.0.0.1:5000/shop:2' },
      onLine: (line) => {
        if (/wait up to/.test(line) && line.startsWith(' ') && !line.includes('undo')) disturbed ??= sleep(500).then(() => disturb(place, disturbance))
      },
    })
    await disturbed
    const { all } = await load.stop()
    expect(told(record), record.raw).toMatchObject({ exit: 0, conclusion: 'success', release: '1', slot: 'blue', previous: '0' })
    expect(disturbed, record.raw).toBeDefined()
    expect({ lost: all.lost, classes: all.byClass }).toEqual({ lost: 0, classes: {} })
    const stand = await standOf(place)
    expect(stand).toMatchObject({
      selector: { app: 'shop', 'fairlead.dev/app': 'shop', 'fairlead.dev/slot': 'blue' },
      replicas: { shop: 0, 'shop-blue': 3 },
      paused: ['shop'],
    })
    expect(uids).toHaveLength(3)
  })

  test('leaves the old Pods and the old spec alone, and the way back leads to them', async () => {
    const place = await plainShop('kubectl')
    const [spec, uids] = [await specOf(place), await podUids(place, 'app=shop')]
    const parked = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2', 'stop-after': 'switched' } })
    expect(told(parked), parked.raw).toMatchObject({ exit: 0, conclusion: 'parked' })
    expect(await podUids(place, 'app=shop,!fairlead.dev/slot')).toEqual(uids)
    expect(await specOf(place)).toEqual(spec)
    const done = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(done), done.raw).toMatchObject({ exit: 0, conclusion: 'success', release: '1', previous: '0' })
    expect(await specOf(place)).toEqual(spec)
    const back = await rollback(place)
    expect(told(back), back.raw).toMatchObject({ exit: 0, release: '0', slot: 'adopted' })
    const next = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:3' } })
    expect(told(next), next.raw).toMatchObject({ exit: 0, release: '2' })
    expect(await specOf(place)).toEqual(spec)
  })

  test('that fails gives everything back: selector, Deployment, Pods', async () => {
    const place = await plainShop('kubectl')
    const [before, spec, uids] = [await standOf(place), await specOf(place), await podUids(place, 'app=shop')]
    const load = await startLoad(cluster, { url: place.url, namespace: place.namespace, rate: 50, most: 20_000 })
    const record = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2', checks: '- {path: /, status: 418}' } })
    const { all } = await load.stop()
    expect({ ...told(record), cause: causeOf(record) }, record.raw).toMatchObject({ exit: 1, conclusion: 'failure', cause: 'check' })
    expect({ lost: all.lost, versions: Object.keys(all.versions) }).toEqual({ lost: 0, versions: ['1'] })
    expect(await standOf(place)).toEqual(before)
    expect([await specOf(place), await podUids(place, 'app=shop')]).toEqual([spec, uids])
  })

  test('parked before the switch is ended by a rollback: as if nothing had been', async () => {
    const place = await plainShop('kubectl')
    const [before, uids] = [await standOf(place), await podUids(place, 'app=shop')]
    const parked = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2', 'stop-after': 'verified' } })
    expect(told(parked), parked.raw).toMatchObject({ exit: 0, conclusion: 'parked' })
    expect(await standOf(place)).toMatchObject({ replicas: { shop: 3, 'shop-blue': 3 }, paused: ['shop'] })
    const back = await rollback(place)
    expect(told(back), back.raw).toMatchObject({ exit: 0, conclusion: 'success' })
    expect(await standOf(place)).toEqual(before)
    expect(await podUids(place, 'app=shop')).toEqual(uids)
  })

  test('takes the HPA along with the pointer, and back with it', async () => {
    const place = await plainShop('kubectl', true)
    const target = () => place.kubectl('get', 'hpa', 'shop', '-o', 'jsonpath={.spec.scaleTargetRef.name}')
    const record = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(record), record.raw).toMatchObject({ exit: 0, release: '1' })
    expect(await target()).toBe('shop-blue')
    const back = await rollback(place)
    expect(told(back), back.raw).toMatchObject({ exit: 0, release: '0' })
    expect(await target()).toBe('shop')
  })

  test('is refused for a Deployment somebody else has paused, and for Pods of another', async () => {
    const place = await plainShop('kubectl')
    await place.kubectl('rollout', 'pause', 'deployment/shop')
    const paused = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(paused), paused.raw).toMatchObject({ exit: 1, fault: 'UNSUPPORTED' })
    expect(paused.raw).toMatch(/is paused/)
    await place.kubectl('rollout', 'resume', 'deployment/shop')
    await place.kubectl('create', 'deployment', 'stranger', '--image=127.0.0.1:5000/shop:1')
    await place.kubectl('patch', 'deployment', 'stranger', '-p', '{"spec":{"template":{"metadata":{"labels":{"app":"stranger","also":"x"}}}}}')
    await place.kubectl('run', 'loner', '--image=127.0.0.1:5000/shop:1', '--labels=app=shop')
    await place.kubectl('wait', 'pod/loner', '--for=condition=Ready', '--timeout=30s')
    const before = await standOf(place)
    const foreign = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(foreign), foreign.raw).toMatchObject({ exit: 1, conclusion: 'failure' })
    expect(foreign.raw).toMatch(/also leads to Pod loner/)
    expect(await standOf(place)).toEqual(before)
  })
})
