import { describe, expect, test } from 'vitest'
import { chance, exploreEncounter, HOLDS, seedOf } from './explore.ts'
import { ENCOUNTERS } from './plays.ts'

const SEED = seedOf(process.env)
/** Of the reads; every write is tried. */
const SHARE = 0.2
const CASES = ENCOUNTERS.flatMap((encounter) => HOLDS.map((blow) => ({ encounter, blow, name: `${blow} one of its requests: ${encounter.name}` })))

describe(`two runs of which the first stands still until the second has ended (FAIRLEAD_SEED=${SEED})`, () => {
  test.for(CASES)('never both own the app, when the first is $name', { timeout: 120_000 }, async ({ encounter, blow }) => {
    const { runs, wrong } = await exploreEncounter(encounter, blow, { share: SHARE, random: chance(SEED) })
    expect(wrong).toEqual({})
    expect(runs).toBeGreaterThan(1)
  })
})
