import { chance } from '@fairlead/faults'
import { describe, expect, test } from 'vitest'
import { contend, pairs } from './contention.ts'
import { seedOf } from './seed.ts'

const SEED = seedOf(process.env)
const random = chance(SEED)
const both = await pairs()

describe(`two runs on one app (FAIRLEAD_SEED=${SEED})`, () => {
  test.each(both.map((pair) => [pair.name, pair] as const))('come one after the other and both tell the truth: %s', async (_, pair) => {
    const offsets = [0, random(4_000)]
    const ends = await Promise.all(offsets.map(async (offset) => await contend(pair, offset)))
    expect(
      ends.map(({ problems }) => problems),
      JSON.stringify(ends.map(({ tellings }, at) => [offsets[at], ...tellings])),
    ).toEqual([[], []])
  })
})
