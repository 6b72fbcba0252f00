import type { ReleaseRecord } from './release-record.ts'

/** What was read, before a way back is planned, of what it would need. */
export interface Archive {
  /** Records by the number of their release; undefined where there is none any more. What was not asked for is not in it. */
  readonly records: ReadonlyMap<number, ReleaseRecord | undefined>
  /** What the Pods would read and is not as they knew it, a sentence each. */
  readonly missing: readonly string[]
}

export const EMPTY_ARCHIVE: Archive = { records: new Map(), missing: [] }
