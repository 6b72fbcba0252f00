import { tmpdir } from 'node:os'
import * as core from '@actions/core'
import { Fault, systemClock, type Host } from '@fairlead/base'
import { inertLine } from './foreign-text.ts'
import type { InputSchema } from './input.ts'
import type { AnyOperation } from './operation.ts'
import { publish } from './publish.ts'
import { Redaction } from './redaction.ts'
import { isGreen } from './report.ts'
import { run, type Connect } from './run.ts'

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
  const report = redaction.cleanAll(await run(operation, { host, connect, print, read: (name) => env[inputVariable(name)] }))
  return (await publish(report, { operation: operation.name, host, print })) && isGreen(report.conclusion) ? 0 : 1
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
