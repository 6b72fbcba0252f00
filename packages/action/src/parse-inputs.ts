import { Fault, isFault, parseDuration, type Problem } from '@fairlead/base'
import { LineCounter, parseDocument } from 'yaml'
import type { Input, InputSchema, Values } from './input.ts'

/**
 * Reads every input by its schema and reports all that is wrong at once.
 *
 * `read` answers the text of an input, or undefined where it is absent. Nothing outside is contacted.
 * Throws INPUT_INVALID with one problem per input.
 */
export function parseInputs<S extends InputSchema>(schema: S, read: (name: string) => string | undefined): Values<S> {
  const problems: Problem[] = []
  const values: Record<string, unknown> = {}
  for (const [name, input] of Object.entries(schema)) {
    try {
      values[name] = parseInput(name, input, read(name))
    } catch (error) {
      if (!isFault(error, 'INPUT_INVALID')) throw error
      problems.push(...problemsOf(name, error))
    }
  }
  if (problems.length > 0) throw invalidInputs(problems)
  // Every name of the schema was given the value its own kind promises.
  return values as Values<S>
}

/** Bundles what is wrong with the inputs into one fault. */
export function invalidInputs(problems: readonly Problem[]): Fault {
  const [first] = problems
  const message = problems.length === 1 && first !== undefined ? first.message : `${problems.length} inputs are wrong`
  return new Fault('INPUT_INVALID', message, { problems, ...(problems.length === 1 && first?.hint !== undefined ? { hint: first.hint } : {}) })
}

const LONGEST_SHOWN = 80

/** Says what is wrong with a value, in the words every message has. A long one is not shown: cut in two, a secret would slip past what masks it whole. */
export function expected(what: string, got: string): Fault {
  const shown = got.length > LONGEST_SHOWN ? `${got.length} characters` : JSON.stringify(got)
  return new Fault('INPUT_INVALID', `expected ${what}, got ${shown}`)
}

function problemsOf(name: string, fault: Fault): readonly Problem[] {
  if (fault.problems.length === 0) return [{ message: `input "${name}": ${fault.message}`, ...(fault.hint === undefined ? {} : { hint: fault.hint }) }]
  return fault.problems.map((problem) => ({ ...problem, message: `input "${name}": ${problem.message}` }))
}

function parseInput(name: string, input: Input, given: string | undefined): unknown {
  const text = given === undefined || given.trim() === '' ? (input.default ?? '') : given
  if (text.trim() === '') {
    if (input.required === true) throw new Fault('INPUT_INVALID', 'is required, got nothing', { hint: `Add \`${name}:\` under \`with:\`.` })
    return input.type === 'lines' ? [] : undefined
  }
  refuseControls(text, input)
  return parseKind(input, text)
}

function parseKind(input: Input, text: string): unknown {
  switch (input.type) {
    case 'text':
      return input.parse === undefined ? trimLine(input.multiline === true, text) : input.parse(trimLine(input.multiline === true, text))
    case 'flag':
      return parseFlag(text.trim())
    case 'choice':
      return parseChoice(input.options, text.trim())
    case 'duration':
      return parseTime(text.trim())
    case 'lines':
      return parseLines(text, input.parse)
    case 'yaml':
      return input.parse(parseYaml(text))
  }
}

function trimLine(multiline: boolean, text: string): string {
  return multiline ? text : text.trim()
}

function parseFlag(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw expected('true or false', text)
  return text === 'true'
}

function parseChoice(options: readonly string[], text: string): string {
  if (!options.includes(text)) throw expected(`one of ${options.join(', ')}`, text)
  return text
}

function parseTime(text: string): number {
  const value = parseDuration(text)
  if (value === undefined) throw expected('a duration of at most 35d such as 30s, 10m or 1h30m', text)
  return value
}

function parseLines(text: string, parse: ((line: string) => unknown) | undefined): readonly unknown[] {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (parse === undefined) return lines
  const problems: Problem[] = []
  const values = lines.map((line) => {
    try {
      return parse(line)
    } catch (error) {
      if (!isFault(error, 'INPUT_INVALID')) throw error
      problems.push({ message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) })
      return undefined
    }
  })
  if (problems.length > 0) throw new Fault('INPUT_INVALID', `${problems.length} lines are wrong`, { problems })
  return values
}

const YAML_LIMIT = 256 * 1024

function parseYaml(text: string): unknown {
  if (text.length > YAML_LIMIT) throw new Fault('INPUT_INVALID', `expected at most ${YAML_LIMIT} characters of YAML, got ${text.length}`)
  // Not the library's pretty errors: their code frame would show half a header's secret.
  const lines = new LineCounter()
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true, lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0])
    throw new Fault('INPUT_INVALID', `expected YAML, got ${error.message.trim()} at line ${line}, column ${col}`)
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) as unknown
  } catch (cause) {
    throw new Fault('INPUT_INVALID', `expected YAML, got ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/

function refuseControls(text: string, input: Input): void {
  const multiline = spansLines(input)
  // A single-line input may end in the line break that YAML's block scalars leave behind.
  const rest = multiline ? text.replaceAll(/[\t\n\r]/g, '') : text.trim().replaceAll('\t', '')
  const [bad] = CONTROL.exec(rest) ?? []
  if (bad === undefined) return
  const code = bad.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
  throw new Fault('INPUT_INVALID', `expected printable text${multiline ? '' : ' on one line'}, got the character U+${code}`)
}

function spansLines(input: Input): boolean {
  return input.type === 'lines' || input.type === 'yaml' || (input.type === 'text' && input.multiline === true)
}
