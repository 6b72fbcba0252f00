import type { Accepted, ConfigName, Journal, ReleaseNote } from '../journal/index.ts'

/** How many accepted releases are remembered. */
export const KEPT_RELEASES = 10

/** The history with one more release in it, the newest first; one that is in it already stays where it is, with what is known of it now. */
export function withAccepted(history: readonly Accepted[], accepted: Accepted): readonly Accepted[] {
  const known = history.some(({ release }) => release.number === accepted.release.number)
  if (!known) return [accepted, ...history].slice(0, KEPT_RELEASES)
  return history.map((entry) => (entry.release.number === accepted.release.number ? { ...entry, release: accepted.release } : entry))
}

/** The history after a way back: what was left is bad, and what serves again is not. */
export function withReturn(
  history: readonly Accepted[],
  { left, to, reason }: { readonly left: number; readonly to: number; readonly reason: string },
): readonly Accepted[] {
  return history.map((entry) => {
    const { bad: _bad, ...good } = entry
    if (entry.release.number === to) return good
    return entry.release.number === left ? { ...entry, bad: reason } : entry
  })
}

/** What leaves the history, and the configuration that nobody needs any more with it. */
export interface Shed {
  readonly releases: readonly number[]
  readonly config: readonly ConfigName[]
}

/** Finds what falls off: configuration stays as long as a kept release, what serves, what served before or what is on its way names it. */
export function shedBetween(before: Journal, after: Journal): Shed {
  const kept = new Set((after.history ?? []).map(({ release }) => release.number))
  const gone = (before.history ?? []).filter(({ release }) => !kept.has(release.number))
  const needed = notesIn(after).flatMap(({ config = [] }) => config.map(keyOf))
  const config = new Map(gone.flatMap(({ release }) => release.config ?? []).map((name) => [keyOf(name), name]))
  return { releases: gone.map(({ release }) => release.number), config: [...config].flatMap(([key, name]) => (needed.includes(key) ? [] : [name])) }
}

/** The releases a rollback without a goal may fall back on, the newest first: accepted before the one that serves, and never rolled back from. */
export function olderGood({ history = [], active }: Pick<Journal, 'history' | 'active'>): readonly Accepted[] {
  const number = active?.release.number ?? 0
  return history.filter(({ release, bad }) => bad === undefined && release.number < number)
}

/** Every release a journal knows, each once, the newest first. */
export function knownReleases(journal: Journal): readonly ReleaseNote[] {
  const notes = new Map(notesIn(journal).map((note) => [note.number, note]))
  if (journal.rollout !== undefined && !isPlaced(journal, journal.rollout.release.number)) notes.delete(journal.rollout.release.number)
  return [...notes.values()].toSorted((one, other) => other.number - one.number)
}

function isPlaced({ active, previous, history = [] }: Journal, number: number): boolean {
  return [active, previous, ...history].some((placed) => placed?.release.number === number)
}

function notesIn({ active, previous, rollout, history = [] }: Journal): readonly ReleaseNote[] {
  return [...history, rollout, previous, active].flatMap((placed) => (placed === undefined ? [] : [placed.release]))
}

function keyOf({ kind, name }: ConfigName): string {
  return `${kind}/${name}`
}
