import { randomBytes } from 'node:crypto'
import { hostname, tmpdir } from 'node:os'
import * as core from '@actions/core'
import { Fault, systemClock, type Host } from '@fairlead/base'
import { inertLine } from './foreign-text.ts'
import { originOf } from './origin.ts'
import type { InputSchema } from './input.ts'
import type { AnyOperation } from './operation.ts'
import { publish } from './publish.ts'
import { Redaction } from './redaction.ts'
import { isGreen } from './report.ts'
import { run, runWindUp, type Connect } from './run.ts'

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
  const leave = (text: string) => (operation.windUp === undefined ? undefined : keep(text, env))
  const options = { host, connect, print, leave, read: (name: string) => env[inputVariable(name)] }
  const left = env[`STATE_${LEFT}`]
  // The same bundle runs at the end of the job: what the first run kept tells it so.
  if (left === '') return 0
  if (left === undefined) {
    warnOfUnknownInputs(operation, env)
    // Without this mark the end of the job would begin it all anew.
    if (leave('') === false) return 1
  }
  const told = left === undefined ? await run(operation, options) : await runWindUp(operation, left, options)
  const report = redaction.cleanAll(told)
  const code = (await publish(report, { operation: operation.name, host, print, isLast: left !== undefined })) && isGreen(report.conclusion) ? 0 : 1
  // Whatever was given up may still wait for an answer, and the runner does not wait for it.
  if (host.signal.aborted) process.exit(code)
  return code
}

const LEFT = 'left'

/** Kept by the runner, whatever becomes of this process. Answers whether it is; where there is no file for it, as by hand, nobody would read it. */
function keep(text: string, { GITHUB_STATE: file = '' }: NodeJS.ProcessEnv): boolean {
  try {
    if (file !== '') core.saveState(LEFT, text)
    return true
  } catch (error) {
    core.error(`What this run leaves cannot be kept for the end of the job: ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
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
    origin: originOf(env, { mark: randomBytes(4).toString('hex'), machine: hostname() }),
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
