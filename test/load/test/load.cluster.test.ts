import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '@fairlead/bed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shapes, startLoad, tallyLine, type LoadOptions, type LoadReport } from '../src/index.ts'
import { openShop, thisCluster, type Shop } from './shop.ts'

let cluster: Cluster
const shops: Shop[] = []

async function open(change?: (manifest: string) => string): Promise<Shop> {
  const shop = await openShop(cluster, change)
  shops.push(shop)
  return shop
}

/** Load on a shop while `during` happens to it. */
async function measure({ url, namespace }: Shop, during: () => Promise<unknown>, more: Partial<LoadOptions> = {}): Promise<LoadReport> {
  const load = await startLoad(cluster, { url, namespace, rate: 50, most: 20_000, ...more })
  try {
    await during()
  } finally {
    await load.stop()
  }
  return load.stop()
}

/** Pods that take no hint, die a second after they are told to, and are replaced slowly. */
function carelessly(manifest: string): string {
  const own = '- { name: IGNORE_SIGTERM, value: "true" }\n            - { name: READY_AFTER, value: 3s }\n            - name: STOP_AFTER'
  return manifest.replace('terminationGracePeriodSeconds: 30', 'terminationGracePeriodSeconds: 1').replace('- name: STOP_AFTER', own)
}

beforeAll(async () => {
  cluster = await thisCluster()
})
afterAll(() => Promise.all(shops.map((shop) => shop.remove())))

describe('load on a healthy shop', () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await open()
  })

  test.each(shapes)('loses nothing in shape %s', async (shape) => {
    const report = await measure(shop, () => sleep(4000), { shapes: [shape] })
    expect({ line: tallyLine(report.all), shapes: Object.keys(report.shapes), ended: report.end.ended, versions: Object.keys(report.all.versions) }).toEqual({
      line: `sent ${report.records.length}, lost 0`,
      shapes: [shape],
      ended: 'stopped',
      versions: ['1'],
    })
    expect(report.all.sent).toBeGreaterThan(100)
    expect(report.records.every(({ pod = '' }) => pod.startsWith('shop-'))).toBe(true)
  })

  test('runs as a Pod all the same', async () => {
    const report = await measure(shop, () => sleep(4000), { as: 'pod' })
    expect({ line: tallyLine(report.all), shapes: Object.keys(report.shapes) }).toEqual({ line: `sent ${report.end.sent}, lost 0`, shapes })
    expect(report.all.sent).toBeGreaterThan(400)
  })

  test('ends by itself at its bound, and says so', async () => {
    const report = await measure(shop, () => sleep(3000), { most: 100, shapes: ['connection', 'stream'] })
    expect(report.end).toMatchObject({ sent: 100, ended: 'most' })
  })

  test('refuses what it cannot do, in its own words', async () => {
    await expect(startLoad(cluster, { url: 'https://shop', rate: 0, most: 1, as: 'process' })).rejects.toThrow(
      '-url: expected http://host:port, got "https://shop"\n-rate: expected requests per second, got "0"',
    )
  })
})

describe('load on a shop that loses requests', () => {
  test('sees Pods that are killed', async () => {
    const shop = await open(carelessly)
    const kill = async () => {
      await sleep(2000)
      await shop.kubectl('delete', 'pod', '-l', 'app=shop', '--force', '--grace-period=0')
      await sleep(5000)
    }
    const { shapes, all } = await measure(shop, kill, { timeout: 2000 })
    const seen = JSON.stringify(shapes)
    expect(shapes.connection?.lost, seen).toBeGreaterThan(0)
    expect(shapes.stream?.byClass.cut, seen).toBeGreaterThan(0)
    expect(shapes['keep-alive']?.retried, seen).toBeGreaterThan(0)
    expect(Object.keys(all.byClass), seen).toContain('refused')
    expect(all.longestGap, seen).toBeGreaterThan(100)
  })

  test('counts answers that are not 200 as status', async () => {
    const image = await cluster.loadImage({ reference: '127.0.0.1:5000/shop:fails-some', environment: { VERSION: '1', FAIL_SHARE: '0.3' } })
    const shop = await open((manifest) => manifest.replace('127.0.0.1:5000/shop:1', image))
    const { shapes } = await measure(shop, () => sleep(3000), { shapes: ['connection', 'keep-alive'] })
    for (const shape of [shapes.connection, shapes['keep-alive']]) {
      expect(shape).toMatchObject({ byClass: { status: shape?.lost }, retried: 0 })
      expect((shape?.lost ?? 0) / (shape?.sent ?? 1)).toBeGreaterThan(0.05)
    }
  })
})

describe('load on a shop that stops with care', () => {
  test('asks again where a used connection has ended, and loses nothing', async () => {
    const shop = await open((manifest) => manifest.replace('value: 2s', 'value: 12s'))
    const [pod = ''] = (await shop.kubectl('get', 'pods', '-l', 'app=shop', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ')
    const { all, shapes, records } = await measure(shop, () => shop.kubectl('delete', 'pod', pod), { rate: 100 })
    const seen = JSON.stringify(shapes)
    expect(tallyLine(all), seen).toBe(`sent ${all.sent}, lost 0`)
    expect(shapes['keep-alive']?.retried, seen).toBeGreaterThan(0)
    expect([shapes.connection?.retried, shapes.slow?.retried, shapes.stream?.retried]).toEqual([0, 0, 0])
    expect(new Set(records.filter((record) => record.shape === 'stream').map((record) => record.pod)).has(pod)).toBe(true)
  })
})
