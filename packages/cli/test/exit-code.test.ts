import type { Conclusion } from '@fairlead/action'
import { describe, expect, test } from 'vitest'
import { EXIT_CODES, exitCodeOf } from '../src/exit-code.ts'
import type { StopSignal } from '../src/machine.ts'

const GREEN = ['success', 'unchanged', 'superseded', 'parked'] as const

describe('exitCodeOf', () => {
  test.each<readonly [Conclusion, string | undefined, StopSignal | undefined, number]>([
    ...GREEN.map((conclusion) => [conclusion, undefined, undefined, 0] as const),
    ['success', undefined, 'SIGINT', 0],
    ['failure', undefined, undefined, 1],
    ['failure', '', undefined, 1],
    ['failure', 'INPUT_INVALID', undefined, 2],
    ['failure', 'UNAVAILABLE', undefined, 3],
    ['failure', 'ACCESS_DENIED', undefined, 3],
    ['failure', 'BUG', undefined, 3],
    ['failure', 'CONFLICT', undefined, 4],
    ['cancelled', 'CANCELLED', 'SIGINT', 130],
    ['cancelled', 'CANCELLED', 'SIGTERM', 143],
  ])('is for %s with fault %s by %s %i', (conclusion, fault, signal, code) => {
    expect(exitCodeOf({ conclusion, outputs: fault === undefined ? {} : { fault } }, signal)).toBe(code)
    expect(EXIT_CODES.map(([each]) => each)).toContain(code)
  })
})
