/** What the bed could not do, in words meant for the person at the terminal: printed without a stack. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

/** The sentence of anything thrown. Never a stack, never a serialised object. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
