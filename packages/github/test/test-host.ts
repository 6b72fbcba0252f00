import type { Clock, Host } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'

export interface TestHost extends Host {
  readonly masked: string[]
  /** The pauses that were made, in milliseconds. */
  readonly pauses: number[]
}

/** A machine with nothing on it, on which nobody waits: a sleep moves the time on at once. */
export function testHost(environment: Host['environment']): TestHost {
  const masked: string[] = []
  const pauses: number[] = []
  return {
    environment,
    workspace: '/w',
    temporaryFolder: '/t',
    origin: { holder: 'ann@laptop #1', actor: 'ann' },
    clock: hurried(pauses),
    signal: new AbortController().signal,
    masked,
    pauses,
    mask: (secret) => void masked.push(secret),
  }
}

function hurried(pauses: number[]): Clock {
  const clock = new ManualClock(new Date('2026-11-21T03:00:00Z'))
  return {
    now: () => clock.now(),
    date: () => clock.date(),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted()
      pauses.push(milliseconds)
      await clock.advance(milliseconds)
    },
  }
}
