import { afterAll, describe, expect, test } from 'vitest'
import { causeOf, deploy, Places, rollback, shopManifest, standOf, told } from './stage.ts'

const places = new Places()
afterAll(() => places.remove())

describe('deploy-bluegreen, from the first release on', () => {
  test('releases, releases again, changes nothing for the same release, and goes back', async () => {
    const place = await places.make('life')
    const first = await deploy(place, { manifest: await shopManifest(), inputs: {} })
    expect(told(first), first.raw).toEqual({ exit: 0, conclusion: 'success', release: '1', slot: 'blue', previous: '' })
    expect((await standOf(place)).selector).toEqual({ app: 'shop', 'fairlead.dev/app': 'shop', 'fairlead.dev/slot': 'blue' })

    const second = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(second), second.raw).toEqual({ exit: 0, conclusion: 'success', release: '2', slot: 'green', previous: '1' })
    expect(await standOf(place)).toMatchObject({
      selector: { app: 'shop', 'fairlead.dev/app': 'shop', 'fairlead.dev/slot': 'green' },
      replicas: { 'shop-blue': 0, 'shop-green': 3 },
    })

    const again = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(again), again.raw).toEqual({ exit: 0, conclusion: 'unchanged', release: '2', slot: 'green', previous: '1' })

    const back = await rollback(place)
    expect(told(back), back.raw).toEqual({ exit: 0, conclusion: 'success', release: '1', slot: 'blue', previous: '2' })
    expect(await standOf(place)).toMatchObject({
      selector: { app: 'shop', 'fairlead.dev/app': 'shop', 'fairlead.dev/slot': 'blue' },
      replicas: { 'shop-blue': 3, 'shop-green': 0 },
    })

    const further = await rollback(place)
    expect(told(further), further.raw).toMatchObject({ exit: 0, conclusion: 'unchanged', release: '1' })
    expect(further.log.join('\n')).toMatch(/release 1 of shop serves already, gone back to before/)
  })

  test('keeps a warm standby, and goes back to it in one write to traffic', async () => {
    const place = await places.make('warm')
    await deploy(place, { manifest: await shopManifest(), inputs: {} })
    const second = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2', standby: 'warm' } })
    expect(told(second), second.raw).toMatchObject({ exit: 0 })
    expect(await standOf(place)).toMatchObject({ replicas: { 'shop-blue': 3, 'shop-green': 3 } })
    const back = await rollback(place)
    expect(told(back), back.raw).toMatchObject({ exit: 0, release: '1', slot: 'blue' })
    expect(back.log.join('\n')).not.toMatch(/scale shop-blue/)
    // The slot of a warm standby is emptied before the next release goes into it.
    const third = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:3', standby: 'warm' } })
    expect(told(third), third.raw).toMatchObject({ exit: 0, release: '3', slot: 'green' })
    // What was rolled back from is held until a person says otherwise.
    const held = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(held), held.raw).toMatchObject({ exit: 0, conclusion: 'held', release: '3' })
    const fourth = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2', unpin: 'true' } })
    expect(told(fourth), fourth.raw).toMatchObject({ exit: 0, release: '4', slot: 'blue' })
  })

  test('prints what it would do, with the difference the API server would make, and writes nothing', async () => {
    const place = await places.make('dry')
    await deploy(place, { manifest: await shopManifest(), inputs: {} })
    const before = await standOf(place)
    const dry = await deploy(place, { manifest: await shopManifest({ image: '127.0.0.1:5000/shop:2', replicas: 2 }), inputs: { 'dry-run': 'true' } })
    expect(told(dry), dry.raw).toMatchObject({ exit: 0, conclusion: 'success' })
    expect(dry.raw).toContain('shop:2@sha256:')
    expect(await standOf(place)).toEqual(before)
  })
})

describe('a first release that fails', () => {
  test('routes nothing and leaves nothing of ours', async () => {
    const place = await places.make('first')
    const failed = await deploy(place, { manifest: await shopManifest({ env: { CRASH_AFTER: '100ms' } }), inputs: {} })
    expect({ ...told(failed), cause: causeOf(failed) }, failed.raw).toMatchObject({ exit: 1, conclusion: 'failure', cause: 'crash', release: '' })
    expect(await standOf(place)).toEqual({ selector: {}, replicas: {}, paused: [], configMaps: [] })
    expect(await place.kubectl('get', 'services,pdb', '-o', 'name')).toBe('')
  })

  test('is no reason to go back: there is nothing to go back to', async () => {
    const place = await places.make('only')
    await deploy(place, { manifest: await shopManifest(), inputs: {} })
    const before = await standOf(place)
    const back = await rollback(place)
    expect(told(back), back.raw).toMatchObject({ exit: 1, conclusion: 'failure', release: '1' })
    expect(back.log.at(-1)).toMatch(/nothing to roll back to, release 1 is the only one there is. Nothing was changed/)
    expect(await standOf(place)).toEqual(before)
    const never = await rollback(await places.make('never'))
    expect(told(never), never.raw).toMatchObject({ exit: 1 })
    expect(never.log.at(-1)).toMatch(/it has never been released/)
  })
})
