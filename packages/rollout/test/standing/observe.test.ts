import { describe, expect, test } from 'vitest'
import { activeOf, candidateSlot, isToBeAdopted, pointedAt, readWorkload } from '../../src/index.ts'
import { appText, Stage, web } from '../stage.ts'

const own = appText('web', { version: '0', service: true, autoscaler: true })

describe('observeApps', () => {
  test('finds nothing where there is nothing', async () => {
    const [standing] = await new Stage().observe()
    expect([standing?.service, standing?.plain, standing?.slots, standing?.autoscaler]).toEqual([
      undefined,
      undefined,
      { blue: undefined, green: undefined },
      undefined,
    ])
  })

  test('sees a Deployment of the user’s own behind a Service of theirs', async () => {
    const [standing] = await (await new Stage().users(own)).observe()
    if (standing === undefined) throw new Error('expected one')
    expect([isToBeAdopted(standing), pointedAt(standing), activeOf(standing), candidateSlot(standing), standing.autoscaler?.metadata.name]).toEqual([
      true,
      undefined,
      undefined,
      'blue',
      'web',
    ])
    expect([standing.plain?.wanted, standing.plain?.available, standing.plain?.paused, standing.pods.length]).toEqual([2, 2, false, 2])
  })

  test('sees what serves, and puts the next release beside it', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    const [standing] = await stage.observe()
    if (standing === undefined) throw new Error('expected one')
    expect([pointedAt(standing), activeOf(standing)?.workload.name, candidateSlot(standing), isToBeAdopted(standing)]).toEqual([
      { type: 'slot', slot: 'blue' },
      'web-blue',
      'green',
      false,
    ])
  })

  test('counts nobody available in a status about an older spec', async () => {
    const stage = await new Stage().users(own)
    const live = stage.find('Deployment', 'web')
    if (live === undefined) throw new Error('expected one')
    const ahead = { ...live, metadata: { ...live.metadata, generation: (live.metadata.generation ?? 0) + 1 } }
    expect([readWorkload(live).available, readWorkload(ahead).available]).toEqual([2, 0])
  })

  test('asks eight times for one app, three more for the next that has no Pods, and once more before an adoption', async () => {
    const stage = await new Stage().users(own)
    const asked = async (apps: readonly string[]) => {
      const before = stage.cluster.script.requests.length
      await stage.observe(apps)
      return stage.cluster.script.requests.length - before
    }
    const before = [await asked(['web']), await asked(['web', 'api'])]
    await stage.deploy(web('1', { service: false }))
    expect([before, await asked(['web'])]).toEqual([[9, 12], 8])
  })
})
