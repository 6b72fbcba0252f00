import type { Clock } from './clock.ts'

/** A moment on a monotonic clock by which something must be done. */
export interface Deadline {
  /** Milliseconds left, never negative. */
  remaining(): number
  passed(): boolean
}

/** Sets a deadline `milliseconds` from now; `Infinity` never passes. */
export function deadlineIn(clock: Clock, milliseconds: number): Deadline {
  const end = clock.now() + milliseconds
  return {
    remaining: () => Math.max(0, end - clock.now()),
    passed: () => clock.now() >= end,
  }
}
