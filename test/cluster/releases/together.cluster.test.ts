import { afterAll, describe, expect, test } from 'vitest'
import type { Place } from '../cluster.ts'
import { deploy, Places, rollback, shopManifest, standOf, told, type Version } from './stage.ts'

const places = new Places()
afterAll(() => places.remove())

const both = async (shop: Version, api: Version) =>
  `${await shopManifest({ ...shop, replicas: 1 })}---\n${await shopManifest({ ...api, app: 'api', replicas: 1 })}`
const APPS = { app: 'shop\napi' }
const selectors = async (place: Place) => [(await standOf(place)).selector['fairlead.dev/slot'], (await standOf(place, 'api')).selector['fairlead.dev/slot']]

describe('two apps in one release', () => {
  test('move together or not at all', async () => {
    const place = await places.make('two')
    const first = await deploy(place, { manifest: await both({}, {}), inputs: APPS })
    expect(told(first), first.raw).toMatchObject({ exit: 0, release: 'shop=1\napi=1', slot: 'shop=blue\napi=blue' })

    const check = await deploy(place, {
      manifest: await both({ image: '127.0.0.1:5000/shop:2' }, { image: '127.0.0.1:5000/shop:2', env: { LIE: 'true' } }),
      inputs: { ...APPS, checks: '- path: /' },
    })
    expect(told(check), check.raw).toMatchObject({ exit: 1, release: 'shop=1\napi=1' })
    expect(check.log.join('\n')).not.toMatch(/as move/)
    expect(await selectors(place)).toEqual(['blue', 'blue'])

    const late = await deploy(place, {
      manifest: await both({ image: '127.0.0.1:5000/shop:2' }, { image: '127.0.0.1:5000/shop:2', env: { CRASH_AFTER: '10s' } }),
      inputs: { ...APPS, soak: '20s' },
    })
    expect(told(late), late.raw).toMatchObject({ exit: 1, release: 'shop=1\napi=1' })
    expect(late.log.join('\n')).toMatch(/move Service api from green to blue[\s\S]*move Service shop from green to blue/)
    expect(await selectors(place)).toEqual(['blue', 'blue'])

    const good = await deploy(place, { manifest: await both({ image: '127.0.0.1:5000/shop:3' }, { image: '127.0.0.1:5000/shop:3' }), inputs: APPS })
    expect(told(good), good.raw).toMatchObject({ exit: 0, slot: 'shop=green\napi=green' })
    const back = await rollback(place, APPS)
    expect(told(back), back.raw).toMatchObject({ exit: 0, slot: 'shop=blue\napi=blue' })
  })
})

describe('stop-after', () => {
  test('parks a release, which continues where it was, gives way to another, or is ended', async () => {
    const place = await places.make('park')
    await deploy(place, { manifest: await shopManifest({ replicas: 1 }), inputs: {} })
    const two = { inputs: { image: '127.0.0.1:5000/shop:2' } }
    const verified = await deploy(place, { inputs: { ...two.inputs, 'stop-after': 'verified' } })
    expect(told(verified), verified.raw).toMatchObject({ exit: 0, conclusion: 'parked', release: '1' })
    const switched = await deploy(place, { inputs: { ...two.inputs, 'stop-after': 'switched' } })
    expect(told(switched), switched.raw).toMatchObject({ exit: 0, conclusion: 'parked' })
    expect((await standOf(place)).selector['fairlead.dev/slot']).toBe('green')
    const ended = await rollback(place)
    expect(told(ended), ended.raw).toMatchObject({ exit: 0, release: '1', slot: 'blue' })
    expect(await standOf(place)).toMatchObject({ replicas: { 'shop-blue': 1 } })

    const again = await deploy(place, { inputs: { ...two.inputs, 'stop-after': 'switched' } })
    expect(told(again), again.raw).toMatchObject({ exit: 0, conclusion: 'parked' })
    const refused = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:3', 'on-parked': 'refuse' } })
    expect(told(refused), refused.raw).toMatchObject({ exit: 1, fault: 'UNSUPPORTED' })
    const other = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:3' } })
    expect(told(other), other.raw).toMatchObject({ exit: 0, conclusion: 'success' })
    expect(other.log.join('\n')).toMatch(/move Service shop from green to blue[\s\S]*move Service shop from blue to green/)

    const last = await deploy(place, { inputs: { ...two.inputs, 'stop-after': 'verified' } })
    expect(told(last), last.raw).toMatchObject({ conclusion: 'parked' })
    const complete = await deploy(place, two)
    expect(told(complete), complete.raw).toMatchObject({ exit: 0, conclusion: 'success', slot: 'blue' })
  })
})
