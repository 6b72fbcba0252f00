import { irreversibleSince, type Journal, type ReleaseNote } from '@fairlead/rollout'
import type { KeptRecord } from './kept-record.ts'

/** A release that was accepted, as the history lists it. */
export interface PastRelease {
  readonly release: number
  readonly accepted: string | undefined
  readonly images: readonly string[]
  readonly source: ReleaseNote['source']
  /** Who released it, and where to look at the run, as its record says. */
  readonly actor: string | undefined
  readonly run: string | undefined
  /** Whether all that is needed to run it again is kept. */
  readonly record: KeptRecord['state']
  /** Why it was left. */
  readonly bad: string | undefined
  readonly pinned: boolean
  readonly serves: boolean
  /** Why nothing before it can be gone back to. */
  readonly irreversible: string | undefined
  /** Whether a rollback may lead to it. */
  readonly canReturn: boolean
}

/** Lists the accepted releases of an app, the newest first. */
export function pastOf(journal: Journal, records: ReadonlyMap<number, KeptRecord>): readonly PastRelease[] {
  return acceptedIn(journal).map(({ release, at, bad }) => {
    const { number, irreversible, source } = release
    const { state: record, actor, run } = records.get(number) ?? { state: 'gone' }
    return {
      release: number,
      accepted: at,
      images: release.running ?? release.images,
      source,
      actor,
      run,
      record,
      bad,
      pinned: journal.pin?.release === number,
      serves: journal.active?.release.number === number,
      irreversible,
      canReturn: bad === undefined && canReturn(journal, number, record),
    }
  })
}

interface Noted {
  readonly release: ReleaseNote
  readonly at: string | undefined
  readonly bad: string | undefined
}

/** A journal from before there was a history knows what serves and what served before. */
function acceptedIn({ history = [], active, previous }: Journal): readonly Noted[] {
  const listed = history.map(({ release, at, bad }): Noted => ({ release, at, bad }))
  const placed = [
    ...(active === undefined ? [] : [{ release: active.release, at: active.release.at, bad: undefined }]),
    ...(previous === undefined ? [] : [{ release: previous.release, at: previous.release.at, bad: previous.bad === true ? 'rolled back' : undefined }]),
  ]
  const missing = placed.filter(({ release }) => !listed.some((each) => each.release.number === release.number))
  return [...listed, ...missing].toSorted((one, other) => other.release.number - one.release.number)
}

/** From its own Deployment or from its record, with nothing irreversible between. */
function canReturn(journal: Journal, number: number, record: KeptRecord['state']): boolean {
  if (journal.active === undefined || number === journal.active.release.number) return false
  return (record !== 'gone' || number === journal.previous?.release.number) && irreversibleSince(journal, number) === undefined
}
