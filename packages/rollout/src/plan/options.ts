import type { Duration, Origin, SourceCommit } from '@fairlead/base'
import type { Check } from '@fairlead/health/checks'
import type { Pin } from '../journal/index.ts'
import type { Standby } from './step.ts'

/** How far a run goes. */
export const STOPS = ['verified', 'switched', 'complete'] as const

export type Stop = (typeof STOPS)[number]

/** What the user says about how a rollout goes, the release itself aside. */
export interface RolloutOptions {
  readonly timeout: Duration
  readonly stability: Duration
  readonly checks: readonly Check[]
  readonly url: URL | undefined
  readonly settle: Duration
  readonly soak: Duration
  readonly drain: Duration
  readonly standby: Standby
  readonly stopAfter: Stop
  readonly onParked: 'abort' | 'refuse'
  readonly rollbackTimeout: Duration
  readonly adoptCleanup: boolean
  readonly takeOver: boolean
  readonly forceConflicts: boolean
  /** Why nothing before this release can be gone back to. */
  readonly irreversible?: string | undefined
  /** Who releases, and what was built from. */
  readonly origin?: RunOrigin
  /** What becomes of pin and mark once the release is accepted, by app. */
  readonly orders?: ReadonlyMap<string, { readonly lifts?: Pin; readonly mark?: SourceCommit }>
}

/** What a record says about the run that made the release. */
export type RunOrigin = Partial<Pick<Origin, 'actor' | 'url' | 'source'>>
