import { Fault, formatDuration, type Clock } from '@fairlead/base'

/** How long something may take, and what else ends it. */
export interface Bound {
  readonly clock: Clock
  readonly milliseconds: number
  readonly signal?: AbortSignal
}

/** Lets work take no longer than told: then it is aborted, and a Fault (UNAVAILABLE) thrown whether or not it listens. What it does after that is nobody's business any more. */
export async function within<T>({ clock, milliseconds, signal }: Bound, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const ended = new AbortController()
  const signals = signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal])
  const late = async (): Promise<never> => {
    await clock.sleep(milliseconds, signals)
    throw new Fault('UNAVAILABLE', `the API server did not answer within ${formatDuration(milliseconds)}`)
  }
  const working = work(signals)
  working.catch(() => undefined)
  try {
    return await Promise.race([working, late()])
  } finally {
    ended.abort()
  }
}
