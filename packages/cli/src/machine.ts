import type { Clock } from '@fairlead/base'

/** Where text goes. */
export interface Screen {
  /** Whether a person looks at it. */
  readonly isTerminal: boolean
  /** How wide it is now; whatever it answers where nobody looks. */
  columns(): number
  write(text: string): void
}

/** A wish to end, as the machine brings it. */
export type StopSignal = 'SIGINT' | 'SIGTERM'

/** The machine a command runs on: the only things of its process that a command sees. */
export interface Machine {
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where relative paths begin. */
  readonly folder: string
  /** The folder of the person. */
  readonly home: string
  readonly temporaryFolder: string
  /** The machine's own name. */
  readonly name: string
  /** Letters and digits no other process has. */
  readonly mark: string
  readonly clock: Clock
  readonly output: Screen
  readonly errors: Screen
  onSignal(listener: (signal: StopSignal) => void): void
  /** Ends the process at once. */
  exit(code: number): void
}
