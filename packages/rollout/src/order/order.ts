import type { FaultCode, SourceCommit } from '@fairlead/base'
import type { Journal, Pin } from '../journal/index.ts'
import type { AppRelease } from '../release/index.ts'

/** How a commit stands to a base: `ahead` has all of it in its history, `behind` is in its history, `diverged` is neither. */
export type Relation = 'identical' | 'ahead' | 'behind' | 'diverged'

/** Which two commits are to be compared; full SHAs of one repository, `owner/name`. */
export interface OrderQuestion {
  readonly repository: string
  readonly base: string
  readonly head: string
}

/** The port to the host of the sources: how `head` stands to `base`. Throws a Fault with a hint where it cannot tell. Never local Git, whose clones are shallow. */
export interface SourceHistory {
  compare(question: OrderQuestion, options?: { readonly signal?: AbortSignal | undefined }): Promise<Relation>
}

/** What is to be released over what the journal remembers, and what its user has said about order. */
export interface OrderRequest {
  readonly journal: Journal
  /** `companions` is the digest of what accompanies it, where it brings something. */
  readonly release: Pick<AppRelease, 'identity' | 'images'> & { readonly companions?: string }
  /** The commit it is made from; undefined where its run knows none. */
  readonly source: SourceCommit | undefined
  readonly onDiverged: 'refuse' | 'deploy'
  /** A person releases it though it may be older. Never past a pin. */
  readonly replace: boolean
  /** A person lifts the pin. */
  readonly unpin: boolean
  /** It was let through before, and is parked or left on its way. */
  readonly continuing: boolean
}

/** What became of a question. */
export type Compared =
  | { readonly type: 'known'; readonly relation: Relation }
  | { readonly type: 'unknown'; readonly code: FaultCode; readonly text: string; readonly hint: string }

/** The comparisons an order is judged by, of the release's commit with the mark and with the commit of the pin. */
export interface Relations {
  readonly mark?: Compared
  readonly pin?: Compared
}

/** Whether a release may go. */
export type OrderVerdict =
  | {
      readonly type: 'go'
      /** The pin that falls once the release is accepted, and not before. */
      readonly lifts?: Pin
      /** What the mark becomes once the release is accepted; absent, it stays. */
      readonly mark?: SourceCommit
      readonly notes: readonly string[]
    }
  | { readonly type: 'held'; readonly pin: Pin; readonly text: string }
  /** Something newer was accepted: no failure. */
  | { readonly type: 'superseded'; readonly text: string }
  /** With `fault`, nobody could tell: to be thrown as a Fault of that code. Without, it is a no. */
  | { readonly type: 'refused'; readonly text: string; readonly hint: string; readonly fault?: FaultCode }
