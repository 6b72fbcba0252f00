import { sameBackend, slotBackend } from '@fairlead/traffic'
import type { Journal, Placed } from '../journal/index.ts'
import { pointedAt, type Standing } from '../standing/index.ts'
import type { RecordStep } from './step.ts'

/** An app that users are on already although nobody has written it down, and what has to be written. */
export interface Arrival {
  /** As it stands once that is done. */
  readonly standing: Standing
  readonly steps: readonly RecordStep[]
}

/**
 * Finds what has arrived without having been recorded: a first release that serves, parked or left by its run, since taking it away would leave nobody to answer;
 * and a rollback whose run ended after its move. Undefined where there is nothing of that kind.
 */
export function arrivalOf(standing: Standing): Arrival | undefined {
  return firstArrival(standing) ?? returnArrival(standing)
}

/** Tells whether a rollback has moved the pointer, and was not written down. */
export function isReturned(standing: Standing): boolean {
  const { returning, previous, rollout } = standing.kept.journal
  return returning === true && rollout === undefined && previous !== undefined && sameBackend(pointedAt(standing), previous.backend)
}

/** Tells whether the release on its way is the first, and has users already. */
export function isServedFirst(standing: Standing): boolean {
  const { rollout } = standing.kept.journal
  return rollout !== undefined && rollout.from === undefined && sameBackend(pointedAt(standing), slotBackend(rollout.slot))
}

function firstArrival(standing: Standing): Arrival | undefined {
  const { rollout, ...journal } = standing.kept.journal
  if (rollout === undefined || !isServedFirst(standing)) return undefined
  const active = { backend: slotBackend(rollout.slot), release: rollout.release }
  return {
    standing: withJournal(standing, { ...journal, active, last: Math.max(journal.last, rollout.release.number) }),
    steps: [recordOf(standing, active, undefined)],
  }
}

function returnArrival(standing: Standing): Arrival | undefined {
  const { returning: _returning, active, previous, ...journal } = standing.kept.journal
  if (!isReturned(standing) || active === undefined || previous === undefined) return undefined
  const { bad: _bad, ...back } = previous
  const arrived = { ...journal, active: back, previous: { ...active, bad: true } }
  return { standing: withJournal(standing, arrived), steps: [recordOf(standing, back, active)] }
}

function recordOf({ app }: Standing, { backend, release }: Placed, from: Placed | undefined): RecordStep {
  return { type: 'record', app, release, backend, from: from?.backend, isWayBack: from !== undefined, standby: { type: 'cold' } }
}

function withJournal(standing: Standing, journal: Journal): Standing {
  return { ...standing, kept: { ...standing.kept, journal } }
}
