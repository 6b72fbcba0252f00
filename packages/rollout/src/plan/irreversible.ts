import { sameBackend, slotBackend } from '@fairlead/traffic'
import type { Journal, ReleaseNote } from '../journal/index.ts'
import { knownReleases } from '../records/index.ts'
import { pointedAt, type Standing } from '../standing/index.ts'

/** The newest irreversible release that a way back to a number would cross: after that one, up to the one that serves. Undefined where there is none. */
export function irreversibleSince(journal: Journal, number: number): ReleaseNote | undefined {
  const serving = journal.active?.release.number ?? 0
  return knownReleases(journal).find((note) => note.irreversible !== undefined && note.number > number && note.number <= serving)
}

/** Says why a rollout that users are on already cannot be taken back; undefined where it can be: it has not moved, or is not irreversible. */
export function irreversibleAfterMove(standing: Standing): string | undefined {
  const { rollout } = standing.kept.journal
  if (rollout?.release.irreversible === undefined || !sameBackend(pointedAt(standing), slotBackend(rollout.slot))) return undefined
  return describeIrreversible(standing.app, rollout.release)
}

/** `web: there is no way back from release 3, it is irreversible: drops column x`. */
export function describeIrreversible(app: string, { number, irreversible = '' }: ReleaseNote): string {
  return `${app}: there is no way back from release ${number}, it is irreversible: ${irreversible}`
}
