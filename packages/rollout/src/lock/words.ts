import { Fault, formatDuration } from '@fairlead/base'
import { describeReference } from '@fairlead/kube'
import { leaseReference, type LockPlace } from './lease.ts'
import { breaksLockOf, type LockPurpose } from './purpose.ts'
import type { Tenure } from './tenure.ts'

/** Writes who holds a lock: `acme/shop run 4711 attempt 1 job deploy #3f9a, for a release, since 2026-01-01T00:00:00.000000Z, https://...`. */
export function holderText({ holder = 'nobody', purpose, since, url }: Tenure): string {
  const parts = [purpose === undefined ? '' : `for ${ARTICLES[purpose]} ${purpose}`, since === undefined ? '' : `since ${since}`, url ?? '']
  return [holder, ...parts.filter((part) => part !== '')].join(', ')
}

/** Says for whom a run waits; `waited` is 0 when it begins to. */
export function waitingText(app: string, tenure: Tenure, waited: number): string {
  const begun = waited === 0 ? 'waiting' : `still waiting after ${formatDuration(waited)}`
  return `${begun} for the lock of ${app}, held by ${holderText(tenure)}${isBreakable(tenure) ? ': a rollback may break it' : ''}`
}

/** Says that a lock was waited for in vain. */
export function heldFault({ namespace, app }: LockPlace, tenure: Tenure, waited: number): Fault {
  const wanted = waited === 0 ? 'it to be free' : `it to be released within ${formatDuration(waited)}`
  const message = `${describeReference(leaseReference(namespace, app))}: the lock of ${app} is held by another run, expected ${wanted}, got ${holderText(tenure)}`
  const wait = 'Wait for that run to end or cancel it, or give `lock-timeout` more time'
  return new Fault('CONFLICT', message, { hint: isBreakable(tenure) ? `${wait}; a rollback may break the lock.` : `${wait}.` })
}

const ARTICLES: Readonly<Record<LockPurpose, string>> = { release: 'a', rollback: 'a', reap: 'a', eject: 'an', 'wind-up': 'a' }

function isBreakable({ purpose }: Tenure): boolean {
  return breaksLockOf('rollback', purpose)
}
