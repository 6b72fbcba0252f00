import { selects } from '@fairlead/kube'
import { baseSelector, sameBackend, slotBackend } from '@fairlead/traffic'
import type { Accepted, Journal, Placed } from '../journal/index.ts'
import { EMPTY_ARCHIVE, knownReleases, olderGood, podLabelsOf, recordName, type Archive, type ReleaseRecord } from '../records/index.ts'
import { describeBackend, pointedAt, selectorIn, workloadName, workloadOf, type Standing } from '../standing/index.ts'
import { openPointer } from '../preflight/open-pointer.ts'
import { isReturned } from './arriving.ts'
import { findRelease, type Goal } from './goal.ts'
import { describeIrreversible, irreversibleSince } from './irreversible.ts'

/** Where a way back leads. */
export type Destination =
  /** Nowhere: what is wanted serves already. */
  | { readonly type: 'arrived' }
  /** To what served before, kept in its own Deployment. */
  | { readonly type: 'standby'; readonly to: Placed }
  /** To an older release, which is put into the idle slot from its record; undefined as long as that was not read. */
  | { readonly type: 'record'; readonly entry: Accepted; readonly record: ReleaseRecord | undefined }
  | { readonly type: 'refused'; readonly reason: string }

/** What is asked, and what was read of it. */
export interface ReturnQuestion {
  /** Absent, the good release before. */
  readonly goal?: Goal | undefined
  readonly archive?: Archive | undefined
  /** An earlier rollback of these apps has not come to its end: who has arrived stays. */
  readonly isInterrupted?: boolean
}

/** Chooses where an app goes back to. What of it is still on its way to somewhere else has been cleared away before. Pure. */
export function destinationOf(standing: Standing, question: ReturnQuestion): Destination {
  const { archive = EMPTY_ARCHIVE } = question
  const { app, kept } = standing
  const chosen = question.goal === undefined ? chooseGood(standing, question) : chooseMeant(standing, question.goal, archive)
  if (chosen.type !== 'standby' && chosen.type !== 'record') return chosen
  const number = chosen.type === 'standby' ? chosen.to.release.number : chosen.entry.release.number
  const crossed = irreversibleSince(kept.journal, number)
  if (crossed !== undefined) return refuse(describeIrreversible(app, crossed))
  const astray = pointerReason(standing)
  if (astray !== undefined) return refuse(astray)
  if (archive.missing.length > 0) return refuse(archive.missing.map((each) => `${app}: ${each}`).join('; '))
  return chosen.type === 'record' ? selectable(standing, chosen) : chosen
}

function chooseGood(standing: Standing, { archive = EMPTY_ARCHIVE, isInterrupted = false }: ReturnQuestion): Destination {
  const { app, kept } = standing
  const { active, previous, rollout } = kept.journal
  if (rollout?.restores === true) return fromRecord(standing, rollout.release.number, archive)
  if (active === undefined) return refuse(`${app}: nothing to roll back to, it has never been released`)
  // What was rolled back to stays: a job that is run again must not go one further. Whoever wants that names it.
  if (previous?.bad === true && hasArrived(standing, isInterrupted)) return { type: 'arrived' }
  return isGood(standing, previous) ? { type: 'standby', to: previous } : chooseOlder(standing, archive)
}

function hasArrived(standing: Standing, isInterrupted: boolean): boolean {
  return isInterrupted || sameBackend(pointedAt(standing), standing.kept.journal.active?.backend)
}

function isGood(standing: Standing, previous: Journal['previous']): previous is Placed {
  return previous !== undefined && previous.bad !== true && isStillThere(standing, previous)
}

/** The newest good one that has a record. */
function chooseOlder(standing: Standing, archive: Archive): Destination {
  const isGone = (number: number) => archive.records.has(number) && archive.records.get(number) === undefined
  const older = olderGood(standing.kept.journal).find(({ release }) => !isGone(release.number))
  if (older !== undefined) return fromRecord(standing, older.release.number, archive)
  return refuse(`${standing.app}: nothing to roll back to, ${whyNothing(standing)}`)
}

function whyNothing({ app, kept: { journal } }: Standing): string {
  const { active, previous } = journal
  if (previous === undefined) return `release ${active?.release.number ?? 0} is the only one there is`
  if (previous.bad === true) return `release ${previous.release.number} was rolled back itself`
  return `${workloadName(app, previous.backend)} does not hold release ${previous.release.number} any more`
}

function chooseMeant(standing: Standing, goal: Goal, archive: Archive): Destination {
  const { app, kept } = standing
  const { active, previous, rollout } = kept.journal
  const found = findRelease(goal, knownReleases(kept.journal))
  if (typeof found === 'string') return refuse(`${app}: ${found}`)
  const { number } = found
  if (rollout?.restores === true) return fromRecord(standing, rollout.release.number, archive)
  if (active?.release.number === number && !isReturned(standing)) return { type: 'arrived' }
  if (previous?.release.number === number && isStillThere(standing, previous)) return { type: 'standby', to: previous }
  return fromRecord(standing, number, archive)
}

function fromRecord({ app, kept }: Standing, number: number, { records }: Archive): Destination {
  const entry = kept.journal.history?.find(({ release }) => release.number === number)
  if (entry === undefined) return refuse(`${app}: release ${number} cannot be gone back to, nothing is kept of it but its number`)
  const record = records.get(number)
  if (record === undefined && records.has(number)) {
    return refuse(`${app}: release ${number} cannot be gone back to, its record ${recordName(app, number)} is gone`)
  }
  if (record !== undefined && record.release.identity !== entry.release.identity) {
    return refuse(`${app}: release ${number} cannot be gone back to, ${recordName(app, number)} is the record of another release`)
  }
  return { type: 'record', entry, record }
}

/** Users must be where the journal left them, or where a way back has led them. */
function pointerReason(standing: Standing): string | undefined {
  const { app, service, serviceName, kept } = standing
  const { active, rollout } = kept.journal
  if (active === undefined) return undefined
  if (service === undefined) return `${app}: Service ${serviceName} does not exist, expected the one that leads users to ${app}`
  const opened = openPointer(standing)
  if (opened !== undefined) return `${opened.said}; lead it to release ${active.release.number} again with: ${opened.command}`
  const now = pointedAt(standing)
  const isExpected = sameBackend(now, active.backend) || isReturned(standing) || (rollout !== undefined && sameBackend(now, slotBackend(rollout.slot)))
  if (isExpected) return undefined
  return `${app}: Service ${serviceName} leads to ${describeBackend(now)}, expected ${describeBackend(active.backend)} as release ${active.release.number} left it: somebody has moved it`
}

/** Pods that the Service would not select could be moved to for ever: nobody would arrive. */
function selectable(standing: Standing, chosen: Extract<Destination, { readonly type: 'record' }>): Destination {
  const { app, serviceName } = standing
  const { record, entry } = chosen
  const wanted = baseSelector(selectorIn(standing.service))
  if (record === undefined || selects({ matchLabels: wanted }, podLabelsOf(record.deployment))) return chosen
  return refuse(`${app}: release ${entry.release.number} cannot be gone back to, its Pods have other labels than Service ${serviceName} selects now`)
}

function isStillThere(standing: Standing, { backend, release }: Placed): boolean {
  const workload = workloadOf(standing, backend)
  if (workload === undefined) return false
  return backend.type === 'adopted' ? workload.uid === standing.kept.journal.adoption?.uid : workload.identity === release.identity
}

function refuse(reason: string): Destination {
  return { type: 'refused', reason }
}
