import { describe, expect, test } from 'vitest'
import { linesOf, NOTES, SETTLED, Shop } from './shop.ts'

const ROLLBACK = 'next: fairlead rollback web -n shop   (goes back to release 1)'
const HISTORY = 'next: fairlead history web -n shop   (lists the releases)'
const GREEN = 'serves: release 2 from green, 2 of 2 Pods ready, ghcr.io/shop/web:2, from acme/shop@1a2b3c4'
const COLD = 'standby: release 1 in blue, cold, scaled to zero, ghcr.io/shop/web:1@sha256:aaaaaaaaaaaa'

describe('status', () => {
  test('tells what serves, what stands by, and the way back', async () => {
    const report = await new Shop().settled().status()
    expect([report.conclusion, report.verdict, linesOf(report)]).toEqual([
      'success',
      'web serves release 2 from green',
      ['shop/web', GREEN, COLD, ROLLBACK, HISTORY],
    ])
  })

  test('tells the same to programs', async () => {
    const { details } = await new Shop().settled().status()
    expect(details).toMatchObject({
      namespace: 'shop',
      apps: [
        {
          app: 'web',
          serving: { slot: 'green', deployment: 'web-green', release: 2, ready: 2, wanted: 2 },
          standby: { slot: 'blue', release: 1, state: 'cold', bad: false },
          onWay: undefined,
          problems: [],
          next: [{ command: 'fairlead rollback web -n shop' }, { command: 'fairlead history web -n shop' }],
        },
      ],
    })
  })

  test('tells a warm standby with its time, and one that was rolled back from', async () => {
    const warm = new Shop()
      .settled({ ...SETTLED, standbyUntil: '2026-01-01T01:00:00.000Z' })
      .deployment('web-blue', { replicas: 2, ready: 1, release: NOTES.one })
    expect(linesOf(await warm.status())[2]).toBe(
      'standby: release 1 in blue, warm until 2026-01-01 01:00:00Z, 1 of 2 Pods ready, ghcr.io/shop/web:1@sha256:aaaaaaaaaaaa',
    )
    const bad = new Shop().settled({ ...SETTLED, previous: { backend: { type: 'slot', slot: 'blue' }, release: NOTES.one, bad: true } })
    expect(linesOf(await bad.status())).toEqual(['shop/web', GREEN, `${COLD}; it was rolled back, and is not gone back to`, HISTORY])
  })

  test('offers an older release from its record where the one before is bad', async () => {
    const previous = { backend: { type: 'slot', slot: 'blue' }, release: NOTES.two, bad: true } as const
    const active = { backend: { type: 'slot', slot: 'green' }, release: NOTES.three } as const
    const history = [{ release: NOTES.one, at: '2026-01-01T00:00:00.000Z' }]
    const lines = linesOf(await new Shop().settled({ ...SETTLED, active, previous, history }).status())
    expect(lines).toContain('next: fairlead rollback web -n shop --to 1   (goes back to release 1, from its record)')
  })

  test('tells what is parked, by whom, and both ways out', async () => {
    const rollout = {
      release: NOTES.three,
      slot: 'blue',
      from: { type: 'slot', slot: 'green' },
      selector: { app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'green' },
      created: [],
      step: 'check web-blue',
      state: 'parked',
      by: 'acme/shop run 4711 attempt 1 job deploy #3f9a',
      moving: false,
    } as const
    const lines = linesOf(
      await new Shop()
        .settled({ ...SETTLED, rollout })
        .deployment('web-blue', { replicas: 2, release: NOTES.three })
        .status(),
    )
    expect(lines).toEqual([
      'shop/web',
      GREEN,
      'on its way: release 3 in blue, parked at "check web-blue" by acme/shop run 4711 attempt 1 job deploy #3f9a, ghcr.io/shop/web:3',
      'next: fairlead rollback web -n shop   (takes release 3 back)',
      'next: fairlead deploy web -n shop ...   (goes on with release 3, given the same release and a later --stop-after)',
      HISTORY,
    ])
  })

  test('tells what served before as the way back of a release that has moved and is not accepted', async () => {
    const rollout = {
      release: NOTES.three,
      slot: 'blue',
      from: { type: 'slot', slot: 'green' },
      created: [],
      step: 'soak 30s',
      state: 'running',
      moving: true,
    } as const
    const shop = new Shop().settled({ ...SETTLED, rollout }).deployment('web-blue', { replicas: 2, release: NOTES.three })
    expect(linesOf(await shop.service({ 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'blue' }).status()).slice(1, 3)).toEqual([
      'serves: release 3 from blue, 2 of 2 Pods ready, ghcr.io/shop/web:3',
      'standby: release 2 in green, warm until release 3 is accepted, 2 of 2 Pods ready, ghcr.io/shop/web:2, from acme/shop@1a2b3c4',
    ])
  })

  test('tells who holds the lock, and since when nobody has heard of them', async () => {
    const alive = await new Shop().settled().lease('bob@desk #1', '2025-12-31T23:59:57.000000Z').status()
    expect(linesOf(alive)).toContain('lock: held by bob@desk #1, renewed 3s ago')
    const silent = await new Shop().settled().lease('bob@desk #1', '2025-12-31T23:58:00.000000Z').status()
    expect(linesOf(silent)).toContain('lock: held by bob@desk #1, silent for 2m: the next run takes it over')
    const free = await new Shop().settled().lease('', '2025-12-31T23:58:00.000000Z').status()
    expect(linesOf(free).join('\n')).not.toContain('lock')
  })

  test('tells a pin, a hold, and a run that does not know what it did', async () => {
    const adoption = { deployment: 'web', uid: 'uid-web', selector: { app: 'web' }, replicas: 2 }
    const pin = { id: 'p', release: 3, identity: 'id-3', images: [], reason: 'it was slow', actor: 'ann', at: '2026-01-01T00:00:00.000Z' }
    const doing = { step: 'move Service web', state: 'unknown', at: '2026-01-01T00:00:00.000Z', by: 'ann@laptop #1' } as const
    const shop = new Shop().settled({ ...SETTLED, adoption, pin, doing }).deployment('web', { replicas: 0, paused: true })
    const report = await shop.status()
    expect([report.conclusion, ...linesOf(report).slice(3, 6)]).toEqual([
      'failure',
      'pin: release 3 is kept out by ann since 2026-01-01 00:00:00Z: it was slow',
      'held: Deployment web is paused by us, so that no restart replaces the Pods users are pinned to',
      'PROBLEM: ann@laptop #1 was stopped at "move Service web" and does not know whether it took. Run it again or roll back: both begin by looking.',
    ])
  })

  test.each<readonly [string, (shop: Shop) => Shop, RegExp]>([
    [
      'a Service that somebody has opened',
      (shop) => shop.service({}),
      /^PROBLEM: Service "shop\/web": leads to every Pod of web, .*Once its Pods are ready: kubectl -n shop patch service web --type=merge -p .*"fairlead.dev\/slot":"green"/,
    ],
    [
      'nobody who answers',
      (shop) => shop.deployment('web-green', { replicas: 2, ready: 0, release: NOTES.two }),
      /^PROBLEM: Deployment "shop\/web-green" serves, and none of its 2 Pods is available: nobody answers$/,
    ],
    [
      'a Service that leads nowhere',
      (shop) => shop.service({ 'pod-template-hash': 'abc' }),
      /^PROBLEM: Service "shop\/web" leads to Deployment web, which does not exist: nobody answers$/,
    ],
    [
      'a journal in a strange hand',
      (shop) => shop.journal('{"format": 1}'),
      /^PROBLEM: the journal cannot be read: ConfigMap "shop\/fairlead.web": expected the journal of an app/,
    ],
    ['a journal of a newer version', (shop) => shop.journal('{"format": 2}'), /^PROBLEM: the journal cannot be read: .*was written in format 2, expected 1/],
  ])('finds %s', async (_, change, problem) => {
    const report = await change(new Shop().settled()).status()
    expect([report.conclusion, report.verdict]).toEqual(['failure', expect.stringMatching(/; something is wrong with web$/)])
    expect(linesOf(report).filter((line) => line.startsWith('PROBLEM'))).toEqual([expect.stringMatching(problem)])
  })

  test('goes on telling what serves where the journal says nothing', async () => {
    const lines = linesOf(await new Shop().settled().journal('no journal').status())
    expect(lines[1]).toBe('serves: an unknown release from green, 2 of 2 Pods ready, ghcr.io/shop/web:2')
  })

  test('finds all apps of the namespace by their journals, and one that is broken keeps nobody from seeing the others', async () => {
    const shop = new Shop().settled().journal('broken', 'api').journal(SETTLED, 'web.r1')
    shop.seed({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fairlead.web.r1', labels: { 'fairlead.dev/app': 'web' } } })
    const report = await shop.status({})
    expect([report.verdict, linesOf(report).filter((line) => line.startsWith('shop/'))]).toEqual([
      '2 apps in namespace "shop"; something is wrong with api',
      ['shop/api', 'shop/web'],
    ])
  })

  test('finds nothing in a namespace without apps, and that is no failure', async () => {
    const report = await new Shop().status({})
    expect([report.conclusion, report.verdict]).toEqual(['success', expect.stringMatching(/^No app of namespace "shop" is known\. Apps are known from/)])
  })

  test.each<readonly [string, Readonly<Record<string, string>>, string, RegExp]>([
    ['an app nobody knows', { app: 'wbe' }, 'NOT_FOUND', /namespace "shop": expected the app wbe, got neither/],
    ['a Service without an app', { service: 'web' }, 'INPUT_INVALID', /input "service": expected an app to go with it/],
    ['the Service of another app', { app: 'web', service: 'api=x' }, 'INPUT_INVALID', /expected one of the apps web, got "api"/],
  ])('refuses %s', async (_, inputs, fault, message) => {
    const report = await new Shop().settled().status(inputs)
    expect([report.outputs['fault'], report.verdict]).toEqual([fault, expect.stringMatching(message)])
  })

  test('writes nothing', async () => {
    const shop = new Shop().settled()
    await shop.status({})
    expect([...new Set(shop.cluster.script.requests.map(({ verb }) => verb))].toSorted()).toEqual(['get', 'list'])
  })
})
