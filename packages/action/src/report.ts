import type { SourcePosition } from '@fairlead/base'

/** How an operation ended, as the `conclusion` output says it. */
export type Conclusion = 'success' | 'failure' | 'unchanged' | 'superseded' | 'parked' | 'held' | 'cancelled'

/** A remark on a line of the user's own file, or on the run. */
export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice'
  readonly title: string
  readonly message: string
  readonly position?: SourcePosition
}

/** A piece of the job summary. All text is foreign: rendering escapes it. */
export type Block =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly type: 'code'; readonly title?: string; readonly text: string; readonly language?: string }
  | { readonly type: 'list'; readonly items: readonly string[] }

/** Everything an operation tells the outside, as data: the summary of a failure is written by the same code as that of a success. */
export interface Report {
  readonly conclusion: Conclusion
  /** What happened, in one sentence: the heading of the summary and the last line of the log, where the eye falls. */
  readonly verdict: string
  readonly outputs: Readonly<Record<string, string>>
  readonly annotations: readonly Annotation[]
  /** What stands below the verdict. */
  readonly summary: readonly Block[]
  /** What the file behind the `report` output holds. */
  readonly details: unknown
}

/** Tells whether a step that ended so is green. */
export function isGreen(conclusion: Conclusion): boolean {
  return conclusion !== 'failure' && conclusion !== 'cancelled'
}
