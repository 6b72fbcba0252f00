import type { Host } from '@fairlead/base'
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable } from 'node:stream'

/** A program of the user's that prints what we need. */
export interface Program {
  /** Looked for on PATH, unless it is a path. */
  readonly command: string
  readonly arguments: readonly string[]
  /** Where it runs; absent: where we do. */
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Milliseconds it may take. */
  readonly timeout: number
  /** Bytes it may print; more is a failure, since half an answer would be taken for the whole. */
  readonly limit: number
}

/** How a program ended. */
export type ProgramEnd =
  | { readonly type: 'done'; readonly output: string }
  /** It could not be started; `got` says why, ENOENT when there is none. */
  | { readonly type: 'unstartable'; readonly got: string; readonly cause: Error }
  /** It ended by itself and said no; `words` is the end of what it wrote to stderr. */
  | { readonly type: 'failed'; readonly got: string; readonly words: string }
  /** It took too long, was killed or printed too much. */
  | { readonly type: 'broken'; readonly got: string; readonly words: string }

/** The signal ends the program, and with it the wait: its reason is thrown. */
export interface ProgramOptions {
  readonly signal?: AbortSignal | undefined
}

const MOST_ERROR_BYTES = 1024 * 1024
const MOST_WORDS = 2_000

/**
 * Runs a program and answers how it ended. Without a shell, without our inputs in its environment, not for longer than its timeout or after the host's signal:
 * then it is killed with all that it has started.
 */
export async function runProgram(program: Program, host: Host, { signal = host.signal }: ProgramOptions = {}): Promise<ProgramEnd> {
  const over = new AbortController()
  const tooLate: ProgramEnd = { type: 'broken', got: `no answer within ${program.timeout / 1_000} s`, words: '' }
  const waiting = host.clock.sleep(program.timeout, AbortSignal.any([over.signal, host.signal, signal])).then(
    () => over.abort(tooLate),
    () => over.abort(signal.aborted ? signal.reason : host.signal.reason),
  )
  try {
    return await run(program, host, over.signal)
  } catch (error) {
    if (error === tooLate) return tooLate
    throw error
  } finally {
    over.abort()
    await waiting
  }
}

function run(program: Program, host: Host, signal: AbortSignal): Promise<ProgramEnd> {
  return new Promise((done, fail) => {
    const child = spawn(program.command, [...program.arguments], {
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(program.folder === undefined ? {} : { cwd: program.folder }),
      env: { ...withoutInputs(host.environment), ...program.environment },
      windowsHide: true,
      // A process group of its own, so that what it starts ends with it.
      detached: HAS_GROUPS,
    })
    const output = gather(child.stdout, program.limit)
    const words = gather(child.stderr, MOST_ERROR_BYTES)
    const kill = () => {
      killGroup(child)
      fail(signal.reason)
    }
    signal.addEventListener('abort', kill, { once: true })
    child.once('error', (cause: NodeJS.ErrnoException) => done({ type: 'unstartable', got: cause.code ?? cause.message, cause }))
    child.once('close', (code, killer) => {
      signal.removeEventListener('abort', kill)
      const said = words.text().trim().slice(-MOST_WORDS)
      if (code === 0 && !output.tooMuch()) return done({ type: 'done', output: output.text() })
      if (code === 0) return done({ type: 'broken', got: `more than ${program.limit} bytes`, words: said })
      done({ type: code === null ? 'broken' : 'failed', got: `exit ${code ?? killer}`, words: said })
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

function gather(stream: NodeJS.ReadableStream, limit: number): { text: () => string; tooMuch: () => boolean } {
  const parts: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= limit) parts.push(chunk)
  })
  return { text: () => Buffer.concat(parts).toString('utf8'), tooMuch: () => size > limit }
}

/** Our own inputs hold the kubeconfig and tokens of other systems: nobody else's business. */
function withoutInputs(environment: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('INPUT_')))
}
