import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as core from '@actions/core'
import { Fault, systemClock, type Host } from '@fairlead/base'
import { inertLine } from './foreign-text.ts'
import type { InputSchema } from './input.ts'
import type { AnyOperation } from './operation.ts'
import { renderPlain } from './plain-text.ts'
import { Redaction } from './redaction.ts'
import { isGreen, type Annotation, type Report } from './report.ts'
import { run, type Connect } from './run.ts'
import { renderSummary } from './summary.ts'

/**
 * Runs an operation on the Actions runner and answers the exit code of its process.
 *
 * Reads `INPUT_*`, stops on SIGINT and SIGTERM, writes outputs, annotations, the job summary and the report file.
 * The only place, with `@actions/core` behind it, that knows the runner's protocols.
 */
export async function runOnRunner<Schema extends InputSchema, Ports>(
  operation: AnyOperation<Schema, Ports>,
  process: NodeJS.Process,
  connect: Connect<Schema, Ports>,
): Promise<number> {
  const { env } = process
  const redaction = new Redaction()
  const print = (line: string) => process.stdout.write(`${redaction.clean(line)}\n`)
  // A log that nobody reads any more must not end a deployment in the middle.
  process.stdout.on('error', () => undefined)
  const host = hostOf(process, (secret) => {
    if (redaction.add(secret)) core.setSecret(secret.trim())
  })
  warnOfUnknownInputs(operation, env)
  const report = await run(operation, { host, connect, print, read: (name) => env[inputVariable(name)] })
  return (await publish(report, { operation: operation.name, host, redaction, print })) && isGreen(report.conclusion) ? 0 : 1
}

function hostOf(process: NodeJS.Process, mask: (secret: string) => void): Host {
  const { env } = process
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => controller.abort(new Fault('CANCELLED', `stopped by ${signal}`)))
  }
  return {
    environment: env,
    workspace: env['GITHUB_WORKSPACE'] ?? process.cwd(),
    temporaryFolder: env['RUNNER_TEMP'] ?? tmpdir(),
    clock: systemClock,
    signal: controller.signal,
    mask,
  }
}

/** The runner keeps hyphens: only blanks become underscores. */
function inputVariable(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`
}

function warnOfUnknownInputs(operation: { readonly name: string; readonly inputs: InputSchema }, env: NodeJS.ProcessEnv): void {
  const known = new Set(Object.keys(operation.inputs).map(inputVariable))
  for (const variable of Object.keys(env)) {
    if (!variable.startsWith('INPUT_') || known.has(variable)) continue
    const name = inertLine(variable.slice('INPUT_'.length).toLowerCase())
    core.warning(`input "${name}" is not an input of ${operation.name} and was ignored, expected ${Object.keys(operation.inputs).join(', ')}`, {
      title: `${operation.name}: unknown input`,
    })
  }
}

interface Destination {
  readonly operation: string
  readonly host: Host
  readonly redaction: Redaction
  readonly print: (line: string) => void
}

/** Tells the outside everything; answers whether all of it could be told. What cannot be written never changes what happened in the cluster. */
async function publish(report: Report, { operation, host, redaction, print }: Destination): Promise<boolean> {
  print('')
  for (const line of renderPlain(report.summary)) print(line)
  print(inertLine(report.verdict))
  for (const annotation of mostImportant(report.annotations)) annotate(annotation, redaction)
  try {
    const file = join(host.temporaryFolder, `fairlead-${operation}-${randomUUID()}.json`)
    const { conclusion, verdict, outputs, details } = report
    await writeFile(file, redaction.clean(`${JSON.stringify({ conclusion, verdict, outputs, details }, undefined, 2)}\n`), { mode: 0o600, flag: 'wx' })
    for (const [name, value] of Object.entries({ ...outputs, conclusion, report: file })) core.setOutput(name, redaction.clean(value))
    if (host.environment['GITHUB_STEP_SUMMARY'] !== undefined)
      await core.summary.addRaw(redaction.clean(renderSummary([{ type: 'heading', text: verdict }, ...report.summary]))).write()
    return true
  } catch (error) {
    core.error(`The outputs or the summary could not be written: ${inertLine(error instanceof Error ? error.message : String(error))}`, {
      title: `${operation}: reporting failed`,
    })
    return false
  }
}

/** The runner records the first ten of each level and forgets the rest in silence. */
const MOST_ANNOTATIONS = 10

function mostImportant(annotations: readonly Annotation[]): readonly Annotation[] {
  if (annotations.length <= MOST_ANNOTATIONS) return annotations
  const [last] = annotations.slice(MOST_ANNOTATIONS - 1)
  const rest = annotations.length - MOST_ANNOTATIONS + 1
  return [...annotations.slice(0, MOST_ANNOTATIONS - 1), { level: last?.level ?? 'error', title: 'and more', message: `${rest} more are in the job summary` }]
}

function annotate({ level, title, message, position }: Annotation, redaction: Redaction): void {
  const text = redaction.clean(message.split('\n').map(inertLine).join('\n')).slice(0, 4_000)
  const properties = {
    title: inertLine(title),
    ...(position === undefined
      ? {}
      : { file: position.file, startLine: position.line, ...(position.column === undefined ? {} : { startColumn: position.column }) }),
  }
  const write = { error: core.error, warning: core.warning, notice: core.notice }[level]
  write(text, properties)
}
