import type { Duration } from '@fairlead/base'
import type { Check } from '@fairlead/health/checks'
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
}
