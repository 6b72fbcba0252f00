import { chance, sampleOf } from '@fairlead/faults'
import { describe, expect, test } from 'vitest'
import { blowsOf, blowWords, calmly, strike, type Blow } from './blow.ts'
import { scenariosFor, type Scenario } from './scenarios.ts'
import { seedOf } from './seed.ts'

const SEED = seedOf(process.env)
const random = chance(SEED)
const scenarios = sampleOf(await scenariosFor('quick'), 2, random)

describe(`a run that is struck at a write (FAIRLEAD_SEED=${SEED})`, () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'leaves a ready Pod selected, and the next one ends as if nothing had happened: %s',
    async (_, scenario) => {
      const calm = await calmly(scenario)
      const blows = [...sampleOf(blowsOf(calm, 'SIGKILL'), 2, random), ...sampleOf(blowsOf(calm, 'SIGINT'), 1, random)]
      const problems = await Promise.all(blows.map((blow) => problemsOf(scenario, blow, calm)))
      expect(Object.fromEntries(problems), `FAIRLEAD_SEED=${SEED}`).toEqual(Object.fromEntries(blows.map((blow) => [blowWords(blow), []])))
    },
  )
})

async function problemsOf(scenario: Scenario, blow: Blow, calm: Awaited<ReturnType<typeof calmly>>) {
  const { problems } = await strike(scenario, blow, { calm, pace: 'quick' })
  return [blowWords(blow), problems] as const
}
