import { isGreen, type Report } from '@fairlead/action'
import type { StopSignal } from './machine.ts'

/** What an exit code means, for the help and the README. */
export const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done: released, rolled back, unchanged, superseded, held, parked, or nothing wrong'],
  [1, 'the answer is no: refused, unhealthy, taken back, or something is wrong with the app'],
  [2, 'bad input: a flag, a file or a manifest'],
  [3, 'the job could not be done: no access, no answer, not found, not supported'],
  [4, 'somebody else is at it: the lock is held, or what was read has changed since'],
  [130, 'cancelled by SIGINT (Ctrl-C)'],
  [143, 'cancelled by SIGTERM'],
]

/** Turns a report into the exit code of its process. */
export function exitCodeOf({ conclusion, outputs }: Pick<Report, 'conclusion' | 'outputs'>, signal: StopSignal | undefined): number {
  if (conclusion === 'cancelled') return cancelledBy(signal)
  if (isGreen(conclusion)) return 0
  return faultCode(outputs['fault'] ?? '')
}

/** The code of a process that a signal has ended. */
export function cancelledBy(signal: StopSignal | undefined): number {
  return signal === 'SIGTERM' ? 143 : 130
}

function faultCode(fault: string): number {
  if (fault === '') return 1
  if (fault === 'INPUT_INVALID') return 2
  return fault === 'CONFLICT' ? 4 : 3
}
