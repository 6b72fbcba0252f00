import type { Clock } from './clock.ts'
import type { Deadline } from './deadline.ts'

export interface RetryOptions {
  readonly clock: Clock
  readonly deadline: Deadline
  readonly signal?: AbortSignal | undefined
  /** Answers the milliseconds to wait before the next attempt, or undefined when this error is final. */
  readonly pause: (error: unknown, attempt: number) => number | undefined
}

/**
 * Repeats an attempt until it succeeds, its error is final, or the deadline would pass while waiting.
 * The last original error is rethrown, never a wrapper. Aborting ends it during the attempt (which gets no signal from here) and during the pause.
 */
export async function retry<T>(attempt: (number: number) => Promise<T>, options: RetryOptions): Promise<T> {
  for (let number = 1; ; number += 1) {
    options.signal?.throwIfAborted()
    try {
      return await attempt(number)
    } catch (error) {
      const pause = options.pause(error, number)
      if (pause === undefined || pause >= options.deadline.remaining()) throw error
      await options.clock.sleep(pause, options.signal)
    }
  }
}

/** Doubles from `first` up to `most` milliseconds, spread by a quarter to either side so that many clients do not knock together. */
export function backoff(attempt: number, { first, most, random = Math.random }: { first: number; most: number; random?: () => number }): number {
  const base = Math.min(most, first * 2 ** (attempt - 1))
  return base * (0.75 + random() / 2)
}
