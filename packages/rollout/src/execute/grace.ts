import type { Clock } from '@fairlead/base'

/** Milliseconds that a step has to end by itself once the run was told to stop: the runner kills what goes on for 7.5 s. */
export const GRACE = 3_000

/** What came of work that may be stopped: what it answered or threw, or that it was given up with its outcome unknown. */
export type Ending<T> = { readonly type: 'ended'; readonly value: T } | { readonly type: 'threw'; readonly error: unknown } | { readonly type: 'given up' }

/** Waits for work. Once the signal is aborted it has a grace to end by itself, since a write that was sent is better heard out than cut off. Never throws. */
export async function withGrace<T>(work: Promise<T>, { signal, clock }: { readonly signal: AbortSignal; readonly clock: Clock }): Promise<Ending<T>> {
  const over = new AbortController()
  const ended = work.then(
    (value): Ending<T> => ({ type: 'ended', value }),
    (error: unknown): Ending<T> => ({ type: 'threw', error }),
  )
  try {
    return await Promise.race([ended, giveUp<T>(signal, clock, over.signal)])
  } finally {
    over.abort()
  }
}

async function giveUp<T>(signal: AbortSignal, clock: Clock, over: AbortSignal): Promise<Ending<T>> {
  await aborted(signal, over)
  try {
    await clock.sleep(GRACE, over)
  } catch {
    // The work has ended: nobody waits for this answer any more.
  }
  return { type: 'given up' }
}

function aborted(signal: AbortSignal, over: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true, signal: over }))
}
