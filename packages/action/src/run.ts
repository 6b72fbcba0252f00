import { toFault, type Fault, type Host } from '@fairlead/base'
import { inertLine } from './foreign-text.ts'
import type { InputSchema, Values } from './input.ts'
import type { AnyOperation, Run } from './operation.ts'
import { invalidInputs, parseInputs } from './parse-inputs.ts'
import type { Annotation, Report } from './report.ts'

/** Opens the outside systems of an operation, once its inputs are right. */
export type Connect<Schema extends InputSchema, Ports> = (inputs: Values<Schema>, host: Host) => Promise<Ports>

export interface RunOptions<Schema extends InputSchema, Ports> {
  readonly host: Host
  /** The text of an input, or undefined. */
  readonly read: (name: string) => string | undefined
  readonly connect: Connect<Schema, Ports>
  readonly print: (line: string) => void
  /** Keeps what a killed run would leave, beyond the end of this process. */
  readonly leave: (text: string) => void
}

/**
 * Runs an operation from inputs to report on any host. Never throws: a fault becomes a report too, written by the same code.
 * Nothing is contacted before every input is right. What `connect` opened is closed at the end where it can be closed.
 */
export async function run<Schema extends InputSchema, Ports>(operation: AnyOperation<Schema, Ports>, options: RunOptions<Schema, Ports>): Promise<Report> {
  return await connected(operation, options, async (inputs, context) => {
    const snapshot: unknown = await operation.observe(inputs, context)
    const plan: unknown = operation.plan(inputs, snapshot)
    return operation.report(plan, await operation.execute(plan, context))
  })
}

/** Brings to an end what an earlier run of the same step has left, from the text that it kept. Never throws, as `run`. */
export async function runWindUp<Schema extends InputSchema, Ports>(
  operation: AnyOperation<Schema, Ports>,
  left: string,
  options: RunOptions<Schema, Ports>,
): Promise<Report> {
  return await connected(operation, options, async (inputs, context) => {
    if (operation.windUp === undefined) throw new TypeError(`${operation.name} keeps nothing to wind up`)
    return await operation.windUp(left, inputs, context)
  })
}

async function connected<Schema extends InputSchema, Ports>(
  operation: AnyOperation<Schema, Ports>,
  options: RunOptions<Schema, Ports>,
  work: (inputs: Values<Schema>, context: Run<Ports>) => Promise<Report>,
): Promise<Report> {
  const { host } = options
  try {
    const inputs = parseInputs(operation.inputs, options.read)
    const problems = operation.validate?.(inputs) ?? []
    if (problems.length > 0) throw invalidInputs(problems)
    const ports = await options.connect(inputs, host)
    const context: Run<Ports> = { ports, host, say: (line) => options.print(inertLine(line)), leave: (text) => options.leave(text) }
    try {
      return await work(inputs, context)
    } finally {
      close(ports)
    }
  } catch (error) {
    return reportFault(operation.name, toFault(host.signal.aborted ? host.signal.reason : error))
  }
}

/** Writes a fault as a report: every problem an annotation, the hint and the cause below the sentence. */
export function reportFault(name: string, fault: Fault): Report {
  const cancelled = fault.code === 'CANCELLED'
  const problems = fault.problems.length > 0 ? fault.problems : [fault]
  const annotations = problems.map(({ message, hint, position }): Annotation => ({
    level: 'error',
    title: `${name}: ${fault.code}`,
    message: hint === undefined ? message : `${message}\n${hint}`,
    ...(position === undefined ? {} : { position }),
  }))
  const causes = causesOf(fault)
  return {
    conclusion: cancelled ? 'cancelled' : 'failure',
    verdict: `${name} ${cancelled ? 'was cancelled' : `could not do its job (${fault.code})`}: ${fault.message}`,
    outputs: { fault: fault.code },
    annotations: cancelled ? [] : annotations,
    summary: [
      { type: 'list', items: problems.map(({ message, hint }) => (hint === undefined ? message : `${message}. ${hint}`)) },
      ...(causes.length === 0 ? [] : [{ type: 'code' as const, title: 'Behind it:', text: causes.join('\n') }]),
    ],
    details: { fault: { code: fault.code, message: fault.message, hint: fault.hint, problems: fault.problems, causes } },
  }
}

const MOST_CAUSES = 5

function causesOf(fault: Fault): readonly string[] {
  const causes: string[] = []
  let cause: unknown = fault.cause
  while (cause instanceof Error && causes.length < MOST_CAUSES) {
    // Only our own bugs are explained by where they happened.
    const text = fault.code === 'BUG' ? (cause.stack ?? cause.message) : cause.message
    if (text !== '' && text !== fault.message && !fault.message.includes(text)) causes.push(text)
    cause = cause.cause
  }
  return causes
}

/** Ports are a record of outside systems, or one of them. */
function close(ports: unknown): void {
  if (typeof ports !== 'object' || ports === null) return
  for (const port of [ports, ...Object.values(ports)]) {
    if (typeof port === 'object' && port !== null && 'close' in port && typeof port.close === 'function') port.close()
  }
}
