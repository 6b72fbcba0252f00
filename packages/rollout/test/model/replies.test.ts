import { describe, expect, test } from 'vitest'
import { chance, explorePlay, LOST_REPLIES, seedOf } from './explore.ts'
import { PLAYS } from './plays.ts'

const SEED = seedOf(process.env)
const CASES = PLAYS.flatMap((play) => LOST_REPLIES.map((blow) => ({ play, blow, name: `${blow}: ${play.name}` })))

describe(`a run of whose writes one is answered wrongly (FAIRLEAD_SEED=${SEED})`, () => {
  test.for(CASES)('ends by itself, and another run comes to the same end, when it is $name', { timeout: 120_000 }, async ({ play, blow }) => {
    const { runs, wrong } = await explorePlay(play, blow, { share: play.share ?? 1, random: chance(SEED) })
    expect(wrong).toEqual({})
    expect(runs).toBeGreaterThan(1)
  })
})
