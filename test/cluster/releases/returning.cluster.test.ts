import { afterAll, describe, expect, test } from 'vitest'
import { deploy, Places, rollback, shopManifest, standOf, told } from './stage.ts'

const places = new Places()
afterAll(() => places.remove())

/** The sample with a version of its configuration. */
async function versionOf(image: string, greeting: string): Promise<string> {
  return await shopManifest({ image: `127.0.0.1:5000/shop:${image}`, env: { GREETING_2: greeting }, replicas: 1 })
}

describe('rollback to a release that is named', () => {
  test('goes back by number and by digest, and what was left is held until somebody lifts the pin', async () => {
    const place = await places.make('return')
    for (const [index, image] of ['1', '2', '3', '2'].entries()) {
      const released = await deploy(place, { manifest: await versionOf(image, `g${index + 1}`), inputs: {} })
      expect(told(released), released.raw).toMatchObject({ exit: 0, release: String(index + 1) })
    }
    expect((await standOf(place)).configMaps).toEqual(expect.arrayContaining(['fairlead.shop.r1', 'fairlead.shop.r2', 'fairlead.shop.r3', 'fairlead.shop.r4']))

    const first = await rollback(place, { to: '1', reason: 'orders are slow' })
    expect(told(first), first.raw).toMatchObject({ exit: 0, conclusion: 'success', release: '1', previous: '4' })
    const again = await rollback(place, { to: '1' })
    expect(told(again), again.raw).toMatchObject({ exit: 0, conclusion: 'unchanged', release: '1' })

    const held = await deploy(place, { manifest: await versionOf('2', 'g4'), inputs: {} })
    expect(told(held), held.raw).toMatchObject({ exit: 0, conclusion: 'held', release: '1' })
    expect(held.raw).toContain('orders are slow')
    const lifted = await deploy(place, { manifest: await versionOf('2', 'g4'), inputs: { unpin: 'true', irreversible: 'drops column x' } })
    expect(told(lifted), lifted.raw).toMatchObject({ exit: 0, conclusion: 'success' })

    const crossing = await rollback(place, { to: '3' })
    expect(told(crossing), crossing.raw).toMatchObject({ exit: 1, conclusion: 'failure' })
    expect(crossing.raw).toContain('it is irreversible: drops column x')
  })

  test('by the digest of its image', async () => {
    const place = await places.make('digest')
    for (const image of ['1', '2', '3']) await deploy(place, { manifest: await versionOf(image, 'same'), inputs: {} })
    const images = await place.kubectl('get', 'configmap', 'fairlead.shop', '-o', 'jsonpath={.data.journal}')
    const journal = JSON.parse(images) as { readonly history: readonly { readonly release: { readonly images: readonly string[] } }[] }
    const digest = journal.history.at(-1)?.release.images[0]?.split('@')[1] ?? ''
    expect(digest).toMatch(/^sha256:/)
    const back = await rollback(place, { to: digest })
    expect(told(back), back.raw).toMatchObject({ exit: 0, conclusion: 'success', release: '1' })
  })
})
