import { spawn } from 'node:child_process'
import { Failure } from '../failure.ts'

/** What a finished program left: its exit code (128 + n after signal n is not imitated: `null` then) and its words. */
export interface Finished {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** How a short program is run. */
export interface Running {
  readonly cwd?: string
  readonly environment?: NodeJS.ProcessEnv
  readonly input?: string
  /** Milliseconds after which the program is killed; none by default. */
  readonly timeout?: number
  /** Called with each line of standard error while it runs. */
  readonly onErrorLine?: (line: string) => void
}

/** Runs a program to its end and keeps its words. Rejects only when it cannot be started at all. */
export function attempt(command: string, args: readonly string[], running: Running = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: running.cwd,
      env: running.environment ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(running.timeout === undefined ? {} : { timeout: running.timeout, killSignal: 'SIGKILL' as const }),
    })
    const output: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout.on('data', (bytes: Buffer) => output.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => {
      errors.push(bytes)
      if (running.onErrorLine !== undefined) String(bytes).split('\n').filter(Boolean).forEach(running.onErrorLine)
    })
    child.stdin.on('error', () => {}) // a program may end without reading what it was given
    child.stdin.end(running.input ?? '')
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output: String(Buffer.concat(output)), errors: String(Buffer.concat(errors)) }))
  })
}

/** Runs a program that must succeed and gives its standard output; otherwise a `Failure` with its last words. */
export async function run(command: string, args: readonly string[], running: Running = {}): Promise<string> {
  const finished = await attempt(command, args, running).catch((error: Error) => {
    throw new Failure(`${command}: could not be started: ${error.message}`)
  })
  if (finished.code === 0) return finished.output
  const words = lastLines(finished.errors.trim() || finished.output.trim(), 15)
  throw new Failure(`${command} ${args.join(' ')}: expected exit code 0, got ${finished.code ?? 'a signal'}\n${words}`)
}

/** The last `count` lines of a text. */
export function lastLines(text: string, count: number): string {
  return text.split('\n').slice(-count).join('\n')
}

/** Whether a program of that name is on the PATH of `environment`, and where. */
export async function findProgram(name: string, environment: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const { access, constants } = await import('node:fs/promises')
  for (const folder of (environment.PATH ?? '').split(':').filter(Boolean)) {
    const path = `${folder}/${name}`
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  return undefined
}
