import type { Clock } from './clock.ts'
import type { Origin } from './origin.ts'

/** What an operation may know of the machine it runs on: the Actions runner, a terminal, a test. */
export interface Host {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where relative paths of the user's begin. */
  readonly workspace: string
  /** A folder that is gone after the job. Credentials written there get mode 0600 and a name of their own. */
  readonly temporaryFolder: string
  readonly clock: Clock
  readonly origin: Origin
  /** Aborted with a CANCELLED fault as soon as the user or the runner wants us to stop. */
  readonly signal: AbortSignal
  /** Keeps a secret value out of everything that is printed from now on. Called before its first use. */
  mask(secret: string): void
}
