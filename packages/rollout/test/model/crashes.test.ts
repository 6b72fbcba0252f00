import { describe, expect, test } from 'vitest'
import { chance, DEATHS, explorePlay, seedOf } from './explore.ts'
import { PLAYS } from './plays.ts'

const SEED = seedOf(process.env)
const CASES = PLAYS.flatMap((play) => DEATHS.map((blow) => ({ play, blow, name: `${blow} it: ${play.name}` })))

describe(`a run that dies at a write (FAIRLEAD_SEED=${SEED})`, () => {
  test.for(CASES)('leaves what another run brings to the same end, when it $name', { timeout: 120_000 }, async ({ play, blow }) => {
    const { runs, wrong } = await explorePlay(play, blow, { share: play.share ?? 1, random: chance(SEED) })
    expect(wrong).toEqual({})
    expect(runs).toBeGreaterThan(1)
  })
})
