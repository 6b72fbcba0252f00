import { chance, sampleOf } from '@fairlead/faults'
import { describe, expect, test } from 'vitest'
import { endure } from './endure.ts'
import { FAULTS } from './fault-cases.ts'
import { seedOf } from './seed.ts'

const SEED = seedOf(process.env)
const COUNT = Number(process.env['FAIRLEAD_FAULTS'] ?? 1)
const cases = sampleOf(
  FAULTS.filter(({ stops }) => stops === true),
  COUNT,
  chance(SEED),
)

// One after the other, and beside nothing else: a part of the cluster is away.
describe(`a release whose cluster loses a part (FAIRLEAD_SEED=${SEED})`, () => {
  test.each(cases.map((one) => [one.name, one] as const))('survives: %s', async (_, one) => {
    const { problems, told } = await endure(one)
    expect({ problems }, told).toEqual({ problems: [] })
  })
})
