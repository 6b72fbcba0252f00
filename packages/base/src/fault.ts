/** Every way in which we can fail to do our job. A rollout that was refused is not one of them: that is an outcome. */
export type FaultCode =
  | 'INPUT_INVALID'
  | 'ENVIRONMENT_MISSING'
  | 'ACCESS_DENIED'
  | 'NOT_FOUND'
  | 'UNSUPPORTED'
  | 'CONFLICT'
  | 'UNAVAILABLE'
  | 'CANCELLED'
  | 'BUG'

/** A place in a file of the user's: `line` and `column` count from 1. */
export interface SourcePosition {
  readonly file: string
  readonly line: number
  readonly column?: number
}

/** One of several things that are wrong at once, such as three bad inputs. */
export interface Problem {
  readonly message: string
  readonly hint?: string
  readonly position?: SourcePosition
}

export interface FaultDetails {
  /** One imperative sentence: what the reader can do. */
  readonly hint?: string
  /** The original error, printed muted under the message. */
  readonly cause?: unknown
  readonly position?: SourcePosition
  /** All that is wrong, when it is more than the message says. */
  readonly problems?: readonly Problem[]
}

/**
 * Says that we could not do our job, and why.
 *
 * The message follows `<Kind> "<namespace>/<name>": <what is wrong>, expected <x>, got <y>`: no full stop, no function names.
 * It never carries a secret: whoever builds it leaves headers, bodies of credentials and URL user information out.
 */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly hint: string | undefined
  readonly position: SourcePosition | undefined
  readonly problems: readonly Problem[]

  constructor(code: FaultCode, message: string, details: FaultDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.hint = details.hint
    this.position = details.position
    this.problems = details.problems ?? []
  }
}

/** Tells whether an unknown error is a Fault, optionally of one code. */
export function isFault(error: unknown, code?: FaultCode): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code)
}

/** Turns anything that was thrown into a Fault; what is not one already is a bug of ours. */
export function toFault(error: unknown): Fault {
  if (error instanceof Fault) return error
  const message = error instanceof Error ? error.message : String(error)
  return new Fault('BUG', message, { cause: error, hint: 'Please report this with the log: it is a bug in Fairlead.' })
}
