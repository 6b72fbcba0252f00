import type { Report } from '@fairlead/action'
import type { Machine } from '../machine.ts'
import { jsonView } from './json-view.ts'
import { LiveView } from './live-view.ts'
import { plainView } from './plain-view.ts'

/** How a run is told. Every text is free of secrets and harmless to print by now. */
export interface View {
  /** A line of progress of the operation's. */
  say(line: string): void
  /** A remark of the command line's own. */
  note(line: string): void
  /** How it ended; the last call. */
  end(report: Report): void
}

/** Chooses: JSON where nobody looks or where it is asked for, lines on a terminal that can do nothing else, a live view on any other. */
export function openView({ output, errors, environment, clock }: Machine, { json }: { readonly json: boolean }): View {
  if (json || !output.isTerminal) return jsonView(output, errors)
  if (environment['TERM'] === 'dumb') return plainView(output)
  return new LiveView(output, clock, { colours: (environment['NO_COLOR'] ?? '') === '' })
}
