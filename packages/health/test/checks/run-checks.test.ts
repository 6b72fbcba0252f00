import { Fault, openTransport, type Clock, type Transport } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import type { Cluster, ProxyRequest } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { describe, expect, test } from 'vitest'
import { parseChecks, runChecks, type Respondent } from '../../src/checks/index.ts'

/** A cluster whose proxy answers from a list of statuses, the last one for ever. */
class Proxied extends FakeCluster {
  readonly asked: ProxyRequest[] = []
  readonly #statuses: readonly number[]

  constructor(...statuses: readonly number[]) {
    super()
    this.#statuses = statuses
  }

  override async proxy(request: ProxyRequest) {
    this.asked.push(request)
    return { status: this.#statuses[Math.min(this.asked.length, this.#statuses.length) - 1] ?? 200, body: '', headers: {} }
  }
}

function respondent(check: object, target: 'pods' | 'services' = 'pods'): Respondent {
  const [parsed] = parseChecks([{ path: '/healthz', ...check }])
  if (parsed === undefined) throw new Error('no check')
  return { check: parsed, name: 'it', where: { type: 'proxy', target, namespace: 'shop', name: 'web' } }
}

async function run(
  cluster: Cluster,
  asked: readonly Respondent[],
  { timeout = 60_000, clock = new ManualClock() }: { timeout?: number; clock?: ManualClock & Clock } = {},
) {
  const web = openTransport()
  const results = runChecks(asked, { cluster, web }, { clock, timeout })
  results.catch(() => undefined)
  await clock.advance(120_000)
  web.close()
  return await results
}

describe('runChecks', () => {
  test.each([
    ['as many good answers in a row', [200], { passed: true, attempts: 3 }],
    ['as many bad ones in a row', [500], { passed: false, attempts: 3, reason: 'expected status 200, got 500' }],
    ['good ones after a stumble', [500, 200, 500, 500, 200, 200, 200], { passed: true, attempts: 7 }],
  ])('believes %s', async (_, statuses, expected) => {
    expect(await run(new Proxied(...statuses), [respondent({})])).toMatchObject([expected])
  })

  test('says how far it came when time is up', async () => {
    expect(await run(new Proxied(200), [respondent({ count: 5 })], { timeout: 1_100 })).toMatchObject([
      { passed: false, attempts: 4, reason: 'time was up after 4 of 5 good answers' },
    ])
  })

  test('asks once when there is no time to wait', async () => {
    expect(await run(new Proxied(200), [respondent({})], { timeout: 0 })).toMatchObject([
      { check: 'GET /healthz on every Pod: 200 within 2s, once', passed: true, attempts: 1 },
    ])
  })

  test('says that a Pod which was replaced meanwhile is gone, and goes on with the others', async () => {
    const cluster = new Proxied(200)
    const gone: Respondent = { ...respondent({}), where: { type: 'proxy', target: 'pods', namespace: 'shop', name: 'gone' } }
    const proxy = cluster.proxy.bind(cluster)
    cluster.proxy = (request) => (request.name === 'gone' ? Promise.reject(new Fault('NOT_FOUND', 'pods "gone" not found')) : proxy(request))
    expect(await run(cluster, [gone, respondent({})])).toMatchObject([{ passed: false, reason: expect.stringContaining('it is gone') }, { passed: true }])
  })

  test('asks a URL below its own path', async () => {
    const asked: string[] = []
    const web: Transport = {
      request: async ({ url }) => (asked.push(url.href), { status: 200, headers: {}, body: '' }),
      stream: () => Promise.reject(new Error('no stream')),
      close: () => undefined,
    }
    for (const base of ['https://shop.example', 'https://shop.example/v2/', 'https://shop.example/v2?x=1']) {
      const { check } = respondent({ on: 'url', path: '/healthz?full=yes' })
      await runChecks(
        [{ check, name: 'it', where: { type: 'url', base: new URL(base) } }],
        { cluster: new Proxied(), web },
        { clock: new ManualClock(), timeout: 0 },
      )
    }
    expect(asked).toEqual(['https://shop.example/healthz?full=yes', 'https://shop.example/v2/healthz?full=yes', 'https://shop.example/v2/healthz?full=yes'])
  })

  test('looks up the port of a Service, and a named one of a Pod', async () => {
    const cluster = new Proxied(200)
    const manager = { manager: 'test' }
    await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, manager).catch(() => undefined)
    await cluster.create(
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { ports: [{ name: 'http', port: 8080 }] } },
      manager,
    )
    await cluster.create(
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { containers: [{ name: 'a' }, { name: 'b', ports: [{ name: 'admin', containerPort: 9_000 }] }] },
      },
      manager,
    )
    await run(cluster, [respondent({ count: 1 }, 'services'), respondent({ count: 1, port: 'admin' }), respondent({ count: 1 })])
    expect(cluster.asked.map(({ target, port }) => [target, port]).toSorted()).toEqual(
      [
        ['pods', 9_000],
        ['pods', undefined],
        ['services', 8_080],
      ].toSorted(),
    )
    expect(await run(cluster, [respondent({ port: 'metrics' })])).toMatchObject([
      { passed: false, reason: 'it has no port named "metrics", expected one of its own, got admin' },
    ])
  })
})
