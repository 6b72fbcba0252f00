import type { Duration } from '@fairlead/base'
import type { Step } from './step.ts'

/** What a run is going to do. Printed before anything happens, the same in the log, the summary and the tests. */
export interface Plan {
  /** One line per app: what stands, before the steps. */
  readonly title: readonly string[]
  readonly steps: readonly Step[]
  /** Why there is nothing to do, when there is nothing. */
  readonly nothing?: string
  /** What the user should know beforehand. */
  readonly notes: readonly string[]
  /** The time all of it has together; absent, each step has its own. */
  readonly budget?: Duration
}
