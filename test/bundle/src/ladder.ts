import type { ChildProcess } from 'node:child_process'

/** A signal, and how many milliseconds after the one before it is sent. */
export interface Rung {
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL'
  readonly after: number
}

/** How the runner cancels a step (`ProcessInvoker.cs`): the entry process only, its children live on. */
export const RUNNER_LADDER: readonly Rung[] = [
  { signal: 'SIGINT', after: 0 },
  { signal: 'SIGTERM', after: 7_500 },
  { signal: 'SIGKILL', after: 2_500 },
]

/** Sends one signal after the other until the process has ended; answers the timers, to be cleared then. */
export function climbLadder(child: ChildProcess, ladder: readonly Rung[] = RUNNER_LADDER): readonly NodeJS.Timeout[] {
  let at = 0
  return ladder.map(({ signal, after }) => {
    at += after
    return setTimeout(() => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    }, at)
  })
}
