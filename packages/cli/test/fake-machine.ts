import { ManualClock } from '@fairlead/base/testing'
import type { Machine, Screen, StopSignal } from '../src/machine.ts'

/** A screen that keeps what was written, and shows it as a terminal would. */
export class FakeScreen implements Screen {
  readonly isTerminal: boolean
  text = ''
  #width: number

  constructor({ isTerminal = true, width = 80 }: { readonly isTerminal?: boolean; readonly width?: number } = {}) {
    this.isTerminal = isTerminal
    this.#width = width
  }

  columns(): number {
    return this.#width
  }

  write(text: string): void {
    this.text += text
  }

  /** What a person sees: lines that were drawn over are gone. Knows what a live view uses, and throws for anything else. */
  shown(): readonly string[] {
    const rows: string[] = ['']
    // oxlint-disable-next-line no-control-regex -- terminal escapes are what is looked for
    for (const [piece] of this.text.matchAll(/\u001B\[\??\d*[A-Za-z]|\n|[^\u001B\n]+|\u001B/g)) apply(rows, piece)
    return rows.at(-1) === '' ? rows.slice(0, -1) : rows
  }
}

function apply(rows: string[], piece: string): void {
  // oxlint-disable-next-line no-control-regex -- terminal escapes are what is looked for
  const [, count, up] = /^\u001B\[(\d+)(F)$/.exec(piece) ?? []
  if (piece === '\n') rows.push('')
  else if (up !== undefined)
    rows.splice(
      rows.length - 1 - Number(count),
      Number(count) + 1,
      ...rows.slice(rows.length - 1 - Number(count), rows.length - 1).map((row) => `${row}\u0000`),
      '',
    )
  else if (piece === '\u001B[J') eraseBelow(rows)
  // oxlint-disable-next-line no-control-regex -- terminal escapes are what is looked for
  else if (!/^\u001B\[(?:\d+m|\?7[lh])$/.test(piece)) rows.push(`${rows.pop() ?? ''}${piece}`)
}

/** Rows the cursor has gone back over are marked until they are erased. */
function eraseBelow(rows: string[]): void {
  const first = rows.findIndex((row) => row.endsWith('\u0000'))
  if (first >= 0) rows.splice(first, rows.length - first, '')
}

/** A machine of a test's own. */
export class FakeMachine implements Machine {
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder = '/work'
  readonly home = '/nowhere'
  readonly temporaryFolder = '/tmp'
  readonly name = 'laptop'
  readonly mark = '3f9a'
  readonly clock = new ManualClock()
  readonly output: FakeScreen
  readonly errors = new FakeScreen({ isTerminal: false })
  readonly exits: number[] = []
  #listener: (signal: StopSignal) => void = () => undefined

  constructor(
    args: readonly string[],
    {
      environment = {},
      output = new FakeScreen({ isTerminal: false }),
    }: { readonly environment?: Readonly<Record<string, string>>; readonly output?: FakeScreen } = {},
  ) {
    this.arguments = args
    this.environment = { USER: 'ann', ...environment }
    this.output = output
  }

  onSignal(listener: (signal: StopSignal) => void): void {
    this.#listener = listener
  }

  send(signal: StopSignal): void {
    this.#listener(signal)
  }

  exit(code: number): void {
    this.exits.push(code)
  }

  document(): { readonly conclusion: string; readonly verdict: string; readonly outputs: Record<string, unknown>; readonly details: unknown } {
    return JSON.parse(this.output.text) as ReturnType<FakeMachine['document']>
  }
}
