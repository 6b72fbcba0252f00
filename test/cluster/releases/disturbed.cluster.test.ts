import { currentCluster, type Cluster } from '@fairlead/bed'
import { startLoad } from '@fairlead/load'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Place } from '../cluster.ts'
import { deploy, LOADED, Places, rollback, shopManifest, standOf, told } from './stage.ts'

const places = new Places()
let cluster: Cluster
beforeAll(async () => {
  const { FAIRLEAD_INSIDE: inside, FAIRLEAD_BED: bed } = process.env
  cluster = await currentCluster(inside ?? bed ?? 'default', process.env)
})
afterAll(() => places.remove())

async function released(purpose: string): Promise<Place & { readonly url: string }> {
  const place = await places.make(purpose)
  const first = await deploy(place, { manifest: await shopManifest(), inputs: {} })
  if (first.exitCode !== 0) throw new Error(first.raw)
  return { ...place, url: `http://${await place.kubectl('get', 'service', 'shop', '-o', 'jsonpath={.spec.clusterIP}')}` }
}

const slotOf = async (place: Place) => (await standOf(place)).selector['fairlead.dev/slot']

describe('a release that somebody comes in between', () => {
  test('by a rollback while it drains: what was gone back to keeps its Pods', async () => {
    const place = await released('overtake')
    const load = await startLoad(cluster, { url: place.url, namespace: place.namespace, rate: 50, most: 20_000 })
    let back: ReturnType<typeof rollback> | undefined
    let started = false
    const record = await deploy(place, {
      inputs: { ...LOADED, image: '127.0.0.1:5000/shop:2', drain: '6s' },
      onLine: (line) => {
        if (/^ ?\d+ {2}retire/.test(line) && line.includes('drain 6s') && back === undefined && started) back = rollback(place, { drain: '4s' })
        if (line.includes('done in')) started = true
      },
    })
    const returned = await back
    const { all } = await load.stop()
    expect(told(returned ?? record), record.raw).toMatchObject({ exit: 0, release: '1', slot: 'blue' })
    expect({ lost: all.lost, classes: all.byClass }).toEqual({ lost: 0, classes: {} })
    // It was overtaken: it stops, and takes nothing from under the users.
    expect(told(record), record.raw).toMatchObject({ exit: 1, conclusion: 'failure', fault: 'CONFLICT' })
    expect(await slotOf(place)).toBe('blue')
    expect(await standOf(place)).toMatchObject({ replicas: { 'shop-blue': 3 } })
  })

  test('by a patch of the Service while it soaks: it is told at once, by whom, and not fought', async () => {
    const place = await released('patched')
    const record = await deploy(place, {
      inputs: { image: '127.0.0.1:5000/shop:2', soak: '20s' },
      onLine: (line) => {
        if (line.includes('endpoints in'))
          void place.kubectl('patch', 'service', 'shop', '--type=merge', '-p', '{"spec":{"selector":{"fairlead.dev/slot":"blue"}}}')
      },
    })
    expect(told(record), record.raw).toMatchObject({ exit: 1, conclusion: 'failure', slot: 'blue', release: '1' })
    expect(record.log.at(-1)).toMatch(/moved away from the release by kubectl-patch/)
    expect(await slotOf(place)).toBe('blue')
  })

  test('by a readiness that flaps under users: taken back at once, not forgiven', async () => {
    const place = await released('flap')
    const record = await deploy(place, {
      manifest: await shopManifest({ image: '127.0.0.1:5000/shop:2', env: { FLAP: '9s' } }),
      inputs: { soak: '40s' },
    })
    expect(told(record), record.raw).toMatchObject({ exit: 1, conclusion: 'failure', slot: 'blue', release: '1' })
    expect(record.log.at(-1)).toMatch(/stopped being ready while users were on it|nobody answers any more/)
  })

  test('by a second Service on the same Pods is refused before anything is written', async () => {
    const place = await released('second')
    await place.kubectl('expose', 'deployment', 'shop-blue', '--name=also', '--port=80', '--target-port=8080', '--selector=app=shop')
    const record = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(record), record.raw).toMatchObject({ exit: 1, fault: 'UNSUPPORTED' })
    expect(record.raw).toMatch(/Service ".*\/also": also leads to the Pods of shop/)
  })

  test('by somebody who takes the slot out of the selector: refused with the way to mend it, and nothing is forgotten', async () => {
    const place = await released('opened')
    await place.kubectl('patch', 'service', 'shop', '--type=json', '-p', '[{"op":"replace","path":"/spec/selector","value":{"app":"shop"}}]')
    const record = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(record), record.raw).toMatchObject({ exit: 1 })
    const [, command = ''] = /(patch service shop --type=merge -p '[^']+')/.exec(record.raw) ?? []
    const patch = /'(.+)'/.exec(command)?.[1] ?? ''
    await place.kubectl('patch', 'service', 'shop', '--type=merge', '-p', patch)
    const mended = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(mended), mended.raw).toMatchObject({ exit: 0, release: '2', slot: 'green' })
  })
})

describe('what accompanies an app', () => {
  const worker = (image: string) => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: worker }
spec:
  replicas: 1
  selector: { matchLabels: { app: worker } }
  template:
    metadata: { labels: { app: worker } }
    spec:
      containers:
        - { name: worker, image: "${image}" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: notes }
data: { text: "${image}" }
`
  const running = (place: Place) => place.kubectl('get', 'deployment', 'worker', '-o', 'jsonpath={.spec.template.spec.containers[0].image}')

  test('is waited for, given back when the release is refused, and applied when it alone has changed', async () => {
    const place = await places.make('beside')
    const shop = await shopManifest({ replicas: 1 })
    const first = await deploy(place, { manifest: `${shop}${worker('127.0.0.1:5000/shop:1')}`, inputs: {} })
    expect(told(first), first.raw).toMatchObject({ exit: 0, release: '1' })
    const next = await shopManifest({ replicas: 1, image: '127.0.0.1:5000/shop:2' })
    const refused = await deploy(place, { manifest: `${next}${worker('127.0.0.1:5000/shop:never')}`, inputs: {} })
    expect(told(refused), refused.raw).toMatchObject({ exit: 1, release: '1' })
    expect(await running(place)).toBe('127.0.0.1:5000/shop:1')
    expect(await place.kubectl('get', 'configmap', 'notes', '-o', 'jsonpath={.data.text}')).toBe('127.0.0.1:5000/shop:1')
    const alone = await deploy(place, { manifest: `${shop}${worker('127.0.0.1:5000/shop:3')}`, inputs: {} })
    expect(told(alone), alone.raw).toMatchObject({ exit: 0, conclusion: 'success', release: '1' })
    expect(await running(place)).toBe('127.0.0.1:5000/shop:3')
    const again = await deploy(place, { manifest: `${shop}${worker('127.0.0.1:5000/shop:3')}`, inputs: {} })
    expect(told(again), again.raw).toMatchObject({ exit: 0, conclusion: 'unchanged', release: '1' })
  })
})
