import { describe, expect, test } from 'vitest'
import { wordsOf } from './explore.ts'
import { REMOVALS, withoutWait } from './removals.ts'

describe('an invariant', () => {
  test.for(REMOVALS)('holds with $guard, and “$fails” fails without it', { timeout: 60_000 }, async ({ lens, trial, fails }) => {
    expect(wordsOf(await trial({}))).toEqual([])
    expect((await trial(lens)).violations.map(({ invariant }) => invariant)).toContain(fails)
  })
})

describe('traffic', () => {
  test('is never led to a slot nobody has waited for, and is once a plan forges the proof of its move', async () => {
    expect(await withoutWait(() => undefined)).toEqual([])
    expect(await withoutWait((begun) => [begun])).toContain('enough Pods of one slot')
  })
})
