import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HEALTH_STATUSES, isWorse, worst } from '../src/index.ts'

const anyStatus = fc.constantFrom(...HEALTH_STATUSES)

describe('worst', () => {
  test('goes from Healthy to Unknown in the order of the glossary', () => {
    expect(HEALTH_STATUSES).toEqual(['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'])
    expect(worst(['Progressing', 'Degraded', 'Healthy'])).toBe('Degraded')
    expect(worst([])).toBe('Healthy')
  })

  test('is one of the statuses, and none is worse', () => {
    fc.assert(
      fc.property(fc.array(anyStatus, { minLength: 1 }), (statuses) => {
        const found = worst(statuses)
        expect(statuses).toContain(found)
        expect(statuses.some((status) => isWorse(status, found))).toBe(false)
      }),
    )
  })

  test('does not depend on the order or the grouping', () => {
    fc.assert(
      fc.property(fc.array(anyStatus), fc.array(anyStatus), (some, others) => {
        expect(worst([...others, ...some])).toBe(worst([worst(some), worst(others)]))
      }),
    )
  })
})

describe('isWorse', () => {
  test('is a total order: of two different statuses exactly one is worse, and no status is worse than itself', () => {
    fc.assert(fc.property(anyStatus, anyStatus, (one, other) => (isWorse(one, other) !== isWorse(other, one)) === (one !== other)))
  })
})
