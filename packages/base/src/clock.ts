/** The only source of time: packages take one, so that a test can hold it still. */
export interface Clock {
  /** Milliseconds on a monotonic scale without a meaningful zero: for durations, never for dates. */
  now(): number
  /** The wall clock of this machine. Never compared with a cluster's timestamps to decide anything. */
  date(): Date
  /** Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  sleep: async (milliseconds, signal) => {
    for (let left = milliseconds; ; left -= LONGEST_TIMER) {
      await timer(Math.min(left, LONGEST_TIMER), signal)
      if (left <= LONGEST_TIMER) return
    }
  },
}

/** A timer counts in 31 bits; a longer one would go off at once. */
const LONGEST_TIMER = 2 ** 31 - 1

function timer(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason)
    const onAbort = () => {
      clearTimeout(handle)
      reject(signal?.reason)
    }
    const handle = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
