import { valueAt } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { Stage, web } from '../stage.ts'
import { BEGINNINGS, begun, eject, imageOf, ours, plainOf, release, selectorOf, shown, SLOW, type Beginning } from './ejecting.ts'
import { isWrite } from './guard.ts'
import { isHealthyPod, servedPods } from './traffic.ts'

async function straight(beginning: Beginning): Promise<{ readonly picture: unknown; readonly writes: number }> {
  const { stage, violations } = await begun(beginning)
  const before = stage.cluster.script.requests.length
  const outcome = await eject(stage)
  expect([shown(outcome), violations()]).toEqual([['complete', undefined], []])
  const writes = stage.cluster.script.requests.slice(before).filter(isWrite).length
  return { picture: stage.picture(), writes }
}

describe('an eject', () => {
  test.for(BEGINNINGS)('leaves nothing of ours behind, and users on the plain Deployment: $name', async (beginning) => {
    const { stage } = await begun(beginning)
    expect(shown(await eject(stage))).toEqual(['complete', undefined])
    expect(ours(stage)).toEqual([])
    expect(selectorOf(stage)).toEqual({ app: 'web' })
    expect(valueAt(plainOf(stage), ['spec', 'paused'])).toBeUndefined()
    const served = servedPods(stage.cluster.objects(), 'web')
    expect([served.length, served.every(isHealthyPod)]).toEqual([2, true])
  })

  test.for(BEGINNINGS)('killed before any of its writes and planned again ends in the same state: $name', { timeout: SLOW }, async (beginning) => {
    const wanted = await straight(beginning)
    expect(wanted.writes).toBeGreaterThan(8)
    for (let writes = 0; writes < wanted.writes; writes += 1) {
      const { stage, violations } = await begun(beginning)
      let left = writes
      stage.cluster.script.intercept((request) => {
        if (isWrite(request) && left-- === 0) stage.cluster.script.outage()
      })
      await eject(stage).catch(() => undefined)
      stage.cluster.script.outage(false)
      if (stage.find('ConfigMap', 'fairlead.web') !== undefined) await eject(stage)
      expect({ writes, ours: ours(stage), picture: stage.picture(), violations: violations() }).toEqual({
        writes,
        ours: [],
        picture: wanted.picture,
        violations: [],
      })
    }
  })

  test.for(BEGINNINGS)(
    'killed before any of its writes is left by a release, or says that it must be ended first: $name',
    { timeout: SLOW },
    async (beginning) => {
      const { writes: all } = await straight(beginning)
      const ended: string[] = []
      for (let writes = 0; writes < all; writes += 1) {
        const { stage, violations } = await begun(beginning)
        let left = writes
        stage.cluster.script.intercept((request) => {
          if (isWrite(request) && left-- === 0) stage.cluster.script.outage()
        })
        await eject(stage).catch(() => undefined)
        stage.cluster.script.outage(false)
        ended.push(await release(stage))
        expect({ writes, served: servedPods(stage.cluster.objects(), 'web').filter(isHealthyPod).length, violations: violations() }).toEqual({
          writes,
          served: 2,
          violations: [],
        })
      }
      expect(new Set(ended)).toEqual(new Set(['complete', 'Service "shop/web": leads to every Pod of web']))
    },
  )

  test('lets the next release adopt what it has left', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    await stage.deploy(web('2'))
    await eject(stage)
    const { forward } = await stage.deploy(web('3'))
    expect([forward.ended, selectorOf(stage)]).toEqual(['complete', { app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'blue' }])
    expect([imageOf(stage), valueAt(plainOf(stage), ['spec', 'replicas'])]).toEqual(['ghcr.io/shop/web:2', 0])
    await stage.rollback()
    expect([imageOf(stage), servedPods(stage.cluster.objects(), 'web').length]).toEqual(['ghcr.io/shop/web:2', 2])
    expect(shown(await eject(stage))).toEqual(['complete', undefined])
    expect(ours(stage)).toEqual([])
  })
})
