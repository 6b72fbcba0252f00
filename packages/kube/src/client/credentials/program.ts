import { Fault, type Host } from '@fairlead/base'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { dirname, isAbsolute, resolve } from 'node:path'
import type { Readable } from 'node:stream'

/** A program that prints credentials. */
export interface Program {
  readonly command: string
  readonly arguments: readonly string[]
  /** The kubeconfig it is named in: a command with a slash begins there. */
  readonly file: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly timeout: number
  /** What to say when it is not installed. */
  readonly installHint: string | undefined
}

const MOST_BYTES = 1024 * 1024
const MOST_WORDS = 2_000

/**
 * Runs a credential program and answers what it printed. Without a shell, without our inputs in its environment, not for longer than its timeout:
 * then it is killed with all that it has started.
 * A failure carries what it wrote to stderr; stdout, which may be half a token, never leaves here.
 */
export async function runProgram(program: Program, host: Host): Promise<string> {
  const over = new AbortController()
  const tooLate = host.clock.sleep(program.timeout, AbortSignal.any([over.signal, host.signal])).then(
    () => over.abort(failed(program, `no answer within ${program.timeout / 1_000} s`)),
    () => over.abort(host.signal.reason),
  )
  try {
    return await run(program, host, over.signal)
  } finally {
    over.abort()
    await tooLate
  }
}

function run(program: Program, host: Host, signal: AbortSignal): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(commandOf(program), [...program.arguments], {
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...withoutInputs(host.environment), ...program.environment },
      windowsHide: true,
      // A process group of its own, so that what it starts ends with it.
      detached: HAS_GROUPS,
    })
    const output = gather(child.stdout)
    const words = gather(child.stderr)
    const kill = () => {
      killGroup(child)
      fail(signal.reason)
    }
    signal.addEventListener('abort', kill, { once: true })
    child.once('error', (error) => fail(unstartable(program, error)))
    child.once('close', (code, killer) => {
      signal.removeEventListener('abort', kill)
      if (code === 0 && !output.tooMuch()) return done(output.text())
      const end = code === 0 ? `more than ${MOST_BYTES} bytes` : `exit ${code ?? killer}`
      fail(failed(program, `${end}: ${words.text().trim().slice(-MOST_WORDS) || 'no word on stderr'}`))
    })
  })
}

const HAS_GROUPS = process.platform !== 'win32'

/** Ends a program and what it has started, and lets go of it: whatever has escaped may hold its end of the pipes, but not us. */
function killGroup(child: ChildProcessByStdio<null, Readable, Readable>): void {
  try {
    if (child.pid !== undefined && HAS_GROUPS) process.kill(-child.pid, 'SIGKILL')
    else child.kill('SIGKILL')
  } catch (error) {
    // The last of the group has ended by itself (ESRCH), or it is not ours to end (EPERM).
    if (!(error instanceof Error && 'syscall' in error)) throw error
    child.kill('SIGKILL')
  }
  child.stdout.destroy()
  child.stderr.destroy()
  child.unref()
}

function gather(stream: NodeJS.ReadableStream): { text: () => string; tooMuch: () => boolean } {
  const parts: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MOST_BYTES) parts.push(chunk)
  })
  return { text: () => Buffer.concat(parts).toString('utf8'), tooMuch: () => size > MOST_BYTES }
}

function commandOf({ command, file }: Program): string {
  return file === undefined || isAbsolute(command) || !/[/\\]/.test(command) ? command : resolve(dirname(file), command)
}

/** Our own inputs hold the kubeconfig and tokens of other systems: not a plugin's business. */
function withoutInputs(environment: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('INPUT_')))
}

function unstartable({ command, installHint }: Program, cause: NodeJS.ErrnoException): Fault {
  const hint = installHint ?? `Install ${command} in a step before this one.`
  return new Fault('ENVIRONMENT_MISSING', `kubeconfig: the program ${command} cannot be started, expected it on PATH, got ${cause.code ?? cause.message}`, {
    cause,
    hint,
  })
}

function failed({ command }: Program, got: string): Fault {
  return new Fault('ACCESS_DENIED', `kubeconfig: the program ${command} gave no credentials, got ${got}`, {
    hint: `Run ${command} by hand with the same environment to see why.`,
  })
}
