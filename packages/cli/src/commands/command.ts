import { run, type AnyOperation, type Connect, type InputSchema, type Report, type RunOptions } from '@fairlead/action'

/** A command as the table has it: an operation, and how its outside systems are opened. */
export interface CommandEntry<Schema extends InputSchema, Ports> {
  readonly name: string
  /** What it does, in one line of the overview. */
  readonly summary: string
  readonly operation: AnyOperation<Schema, Ports>
  readonly connect: Connect<Schema, Ports>
  /** The input that bare arguments fill; `app` unless told. */
  readonly positional?: keyof Schema & string
}

/** A command whatever its operation is made of. */
export interface Command {
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly inputs: InputSchema
  readonly positional?: string | undefined
  run(options: Pick<RunOptions<InputSchema, unknown>, 'host' | 'read' | 'print'>): Promise<Report>
}

/** Makes a command of an operation, which runs unchanged. What a killed run would leave is kept by nobody here: the journal says it, and the next run or `reap` goes on from there. */
export function command<Schema extends InputSchema, Ports>({ operation: given, connect, ...entry }: CommandEntry<Schema, Ports>): Command {
  const operation = { ...given, inputs: withoutExpressions(given.inputs) }
  const { description, inputs } = operation
  return { ...entry, description, inputs, run: (options) => run(operation, { ...options, connect, leave: () => undefined }) }
}

/** A default such as `${{ github.token }}` is an expression of workflows, and no value anywhere else. */
function withoutExpressions<Schema extends InputSchema>(inputs: Schema): Schema {
  const plain = Object.entries(inputs).map(([name, input]) => {
    const { default: value, ...rest } = input
    return [name, value?.includes('${{') === true ? rest : input]
  })
  // The same names, of the same kinds.
  return Object.fromEntries(plain) as Schema
}
