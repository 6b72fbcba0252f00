import type { LoadRecord, Loss } from './record.ts'

/** What became of some requests, counted. */
export interface Tally {
  readonly sent: number
  readonly lost: number
  readonly byClass: Readonly<Partial<Record<Loss, number>>>
  /** Asked twice, whatever came of it. */
  readonly retried: number
  /** The longest time between the ends of two consecutive good answers of one shape, in milliseconds; 0 with fewer than two. */
  readonly longestGap: number
  /** The longest a good answer took; for lines of streams the longest silence of any one stream. */
  readonly slowest: number
  /** Good answers per version; `''` for those that named none. */
  readonly versions: Readonly<Record<string, VersionTally>>
}

/** The good answers of one version. */
export interface VersionTally {
  readonly count: number
  readonly first: AnswerTime
  readonly last: AnswerTime
}

/** When an answer's request was due and when the answer was whole, in Unix milliseconds. */
export interface AnswerTime {
  readonly at: number
  readonly done: number
}

/** Counts records, in any order. First and last are so by their end. */
export function tally(records: readonly LoadRecord[]): Tally {
  const good = records.filter(({ lost }) => lost === undefined).toSorted((one, other) => doneAt(one) - doneAt(other))
  return {
    sent: records.length,
    lost: records.length - good.length,
    byClass: classesOf(records),
    retried: records.filter(({ retried }) => retried === true).length,
    longestGap: hundredth(longestGap(good)),
    slowest: good.reduce((slowest, { took }) => Math.max(slowest, took), 0),
    versions: versionsOf(good),
  }
}

function classesOf(records: readonly LoadRecord[]): Tally['byClass'] {
  const classes: Partial<Record<Loss, number>> = {}
  for (const { lost } of records) if (lost !== undefined) classes[lost] = (classes[lost] ?? 0) + 1
  return classes
}

function longestGap(good: readonly LoadRecord[]): number {
  let longest = 0
  let before: number | undefined
  for (const done of good.map(doneAt)) {
    if (before !== undefined) longest = Math.max(longest, done - before)
    before = done
  }
  return longest
}

function versionsOf(good: readonly LoadRecord[]): Tally['versions'] {
  const versions: Record<string, VersionTally> = {}
  for (const record of good) {
    const { version = '' } = record
    const now = { at: record.at, done: doneAt(record) }
    const known = versions[version]
    versions[version] = known === undefined ? { count: 1, first: now, last: now } : { ...known, count: known.count + 1, last: now }
  }
  return versions
}

function doneAt({ at, took }: LoadRecord): number {
  return hundredth(at + took)
}

/** The client writes hundredths of a millisecond; sums of them are none more exact. */
function hundredth(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100
}
