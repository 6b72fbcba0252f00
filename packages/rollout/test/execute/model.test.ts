import { isFault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { Stage } from '../stage.ts'
import { Guard, isWrite } from './guard.ts'
import { RELEASES, RESUMPTIONS, RETURNS, type Scenario } from './scenarios.ts'

/** A run that cannot even take its lock throws; it is as dead as any other. */
function ended(error: unknown): void {
  expect(isFault(error, 'UNAVAILABLE')).toBe(true)
}

const ALL = [...RELEASES, ...RESUMPTIONS, ...RETURNS]

async function staged({ begin }: Scenario): Promise<{ readonly stage: Stage; readonly guard: Guard }> {
  const stage = new Stage()
  await begin(stage)
  return { stage, guard: new Guard(stage) }
}

interface Straight {
  readonly picture: unknown
  readonly steps: number
  readonly writes: number
}

/** What a scenario comes to when nothing happens to it. */
async function straight(scenario: Scenario): Promise<Straight> {
  const { stage, guard } = await staged(scenario)
  const before = stage.cluster.script.requests.length
  const outcome = await scenario.act(stage)
  expect([outcome?.forward.ended, outcome?.forward.fault?.message, guard.look()]).toEqual(['complete', undefined, []])
  const writes = stage.cluster.script.requests.slice(before).filter(isWrite).length
  return { picture: stage.picture(), steps: outcome?.forward.records.length ?? 0, writes }
}

describe('a rollout', () => {
  test.for(ALL)('ends where it is meant to: $name', async (scenario) => {
    expect((await straight(scenario)).steps).toBeGreaterThan(0)
  })

  test.for(ALL)('planned again after any of its steps ends in the same state: $name', async (scenario) => {
    const wanted = await straight(scenario)
    for (let steps = 1; steps < wanted.steps; steps += 1) {
      const { stage, guard } = await staged(scenario)
      await scenario.act(stage, steps)
      await scenario.act(stage)
      expect({ steps, picture: stage.picture(), violations: guard.look() }).toEqual({ steps, picture: wanted.picture, violations: [] })
    }
  })

  test.for(ALL)('killed after any of its writes and planned again ends in the same state: $name', async (scenario) => {
    const wanted = await straight(scenario)
    for (let writes = 0; writes < wanted.writes; writes += 1) {
      const { stage, guard } = await staged(scenario)
      let left = writes
      stage.cluster.script.intercept((request) => {
        if (isWrite(request) && left-- === 0) stage.cluster.script.outage()
      })
      await scenario.act(stage).catch(ended)
      stage.cluster.script.outage(false)
      await scenario.act(stage)
      expect({ writes, picture: stage.picture(), violations: guard.look() }).toEqual({ writes, picture: wanted.picture, violations: [] })
    }
  })
})
