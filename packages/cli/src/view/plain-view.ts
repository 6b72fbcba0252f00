import type { Screen } from '../machine.ts'
import { endingOf } from './ending.ts'
import type { View } from './index.ts'

/** Tells a person on a terminal that knows nothing but lines. */
export function plainView(output: Screen): View {
  const print = (line: string) => output.write(`${line}\n`)
  return {
    say: print,
    note: print,
    end: (report) => endingOf(report, { wereStepsShown: false }).forEach(print),
  }
}
