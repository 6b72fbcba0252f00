import { chance, sampleOf } from '@fairlead/faults'
import { describe, expect, test } from 'vitest'
import { endure } from './endure.ts'
import { FAULTS } from './fault-cases.ts'
import { seedOf } from './seed.ts'

const SEED = seedOf(process.env)
// `pnpm prove faults` runs all of them, and the long ones too.
const COUNT = Number(process.env['FAIRLEAD_FAULTS'] ?? 6)
const cases = sampleOf(
  FAULTS.filter(({ stops, long }) => stops !== true && long !== true),
  COUNT,
  chance(SEED),
)

describe(`a release that meets a fault (FAIRLEAD_SEED=${SEED})`, () => {
  test.concurrent.each(cases.map((one) => [one.name, one] as const))('survives: %s', async (_, one) => {
    const { problems, told } = await endure(one)
    expect({ problems }, told).toEqual({ problems: [] })
  })
})
