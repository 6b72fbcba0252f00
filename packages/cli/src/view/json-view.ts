import { isGreen, renderPlain, type Report } from '@fairlead/action'
import type { Screen } from '../machine.ts'
import type { View } from './index.ts'

/** Tells programs: one JSON document on the output at the very end, everything else on the errors. */
export function jsonView(output: Screen, errors: Screen): View {
  const print = (line: string) => errors.write(`${line}\n`)
  return {
    say: print,
    note: print,
    end(report) {
      if (!isGreen(report.conclusion)) for (const line of renderPlain([...report.summary, { type: 'paragraph', text: report.verdict }])) print(line)
      output.write(`${JSON.stringify(documentOf(report), nullForNothing, 2)}\n`)
    },
  }
}

/** A report as the JSON document says it: outputs that hold JSON are part of it, not texts in it. */
export function documentOf({ conclusion, verdict, outputs, details }: Report): unknown {
  return { conclusion, verdict, outputs: Object.fromEntries(Object.entries(outputs).map(([name, text]) => [name, parsed(text)])), details }
}

/** A number such as that of a release stays a text: with several apps it is none. */
function parsed(text: string): unknown {
  if (!/^[{[]/.test(text)) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    // It only began like JSON.
    return text
  }
}

/** A field that says nothing is there all the same: programs need not ask whether it is. */
function nullForNothing(_: string, value: unknown): unknown {
  return value === undefined ? null : value
}
