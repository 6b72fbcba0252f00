import type { Clock, Deadline } from '@fairlead/base'
import type { Followed } from './follow.ts'

/** How long to wait. */
export interface AwaitOptions {
  readonly clock: Clock
  readonly deadline: Deadline
  readonly signal?: AbortSignal
  /** Judges again after this many milliseconds without a change, for what time alone decides. 1 s unless told. */
  readonly every?: number
}

/**
 * Waits until `judge` answers something over what several selections show, and answers that; undefined once the deadline has passed.
 *
 * Judges after the first lists, after every change and every `every` milliseconds, never while one of the selections is blind: what cannot be seen is neither good nor bad.
 * Throws what ended one of them, or the signal's reason.
 */
export async function awaitPicture<T>(followed: readonly Followed[], judge: () => T | undefined, options: AwaitOptions): Promise<T | undefined> {
  const { deadline, signal, every = 1_000 } = options
  const failure = Promise.race(followed.map((each) => each.failure))
  // Whoever is stopped before the first look waits for nothing any more.
  failure.catch(() => undefined)
  let bell = Promise.withResolvers<void>()
  const listening = followed.map((each) => each.changed(() => bell.resolve()))
  let synced = false
  const allSynced = Promise.all(followed.map((each) => each.synced)).then(() => {
    synced = true
    bell.resolve()
  })
  allSynced.catch(() => undefined)
  try {
    for (;;) {
      signal?.throwIfAborted()
      const sees = synced && followed.every((each) => each.blindSince() === undefined)
      const answer = sees ? judge() : undefined
      if (answer !== undefined || deadline.passed()) return answer
      await Promise.race([ringOrSleep(bell.promise, Math.min(every, deadline.remaining()), options), failure])
      bell = Promise.withResolvers()
    }
  } finally {
    for (const stopListening of listening) stopListening()
  }
}

async function ringOrSleep(bell: Promise<void>, most: number, { clock, signal }: AwaitOptions): Promise<void> {
  const alarm = new AbortController()
  const slept = clock.sleep(most, signal === undefined ? alarm.signal : AbortSignal.any([alarm.signal, signal]))
  slept.catch(() => undefined)
  try {
    await Promise.race([bell, slept])
  } finally {
    alarm.abort()
  }
}
