import { describe, expect, test } from 'vitest'
import { chance, sampleOf } from '../src/index.ts'

describe('sampleOf', () => {
  const items = Array.from({ length: 20 }, (_, n) => n)

  test('is the same for the same seed, in order and without repetition', () => {
    const sample = sampleOf(items, 6, chance(7))
    expect(sample).toEqual(sampleOf(items, 6, chance(7)))
    expect(sample).toEqual([...new Set(sample)].toSorted((a, b) => a - b))
    expect(sample).toHaveLength(6)
    expect(sample).not.toEqual(sampleOf(items, 6, chance(8)))
  })

  test('reaches every item with some seed', () => {
    expect(new Set(Array.from({ length: 200 }, (_, seed) => sampleOf(items, 1, chance(seed))[0])).size).toBe(20)
  })

  test('gives all when there are no more', () => {
    expect(sampleOf(items, 99, chance(1))).toEqual(items)
  })
})
