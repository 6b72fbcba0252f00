import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** The committed bundle of the command line. */
export const CLI = resolve(import.meta.dirname, '../../../../packages/cli/dist/index.js')

export interface CliRun {
  readonly environment?: Readonly<Record<string, string>>
  /** Files of the folder it runs in. */
  readonly files?: Readonly<Record<string, string>>
  /** Called with all of standard error so far, whenever there is more. */
  readonly onProgress?: (text: string, signal: (name: NodeJS.Signals) => void) => void
  /** Called once the process is there. */
  readonly onStart?: (signal: (name: NodeJS.Signals) => void) => void
}

export interface CliRecord {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** What is on the output, which must be one JSON document and nothing else. */
export interface CliDocument {
  readonly conclusion: string
  readonly verdict: string
  readonly outputs: Readonly<Record<string, unknown>>
  readonly details: unknown
}

/** Runs the committed bundle in a process and an empty folder of its own; of the environment it inherits nothing but `PATH`. */
export async function runCli(args: readonly string[], { environment = {}, files = {}, onProgress, onStart }: CliRun = {}): Promise<CliRecord> {
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-cli-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  const env = { PATH: process.env['PATH'], HOME: folder, USER: 'ann', ...environment }
  const child = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env })
  const signal = (name: NodeJS.Signals) => void child.kill(name)
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
    onProgress?.(errors, signal)
  })
  child.on('spawn', () => onStart?.(signal))
  try {
    const code = await new Promise<number | null>((done, fail) => {
      child.on('error', fail)
      child.on('close', done)
    })
    return { code, output, errors }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Reads the document a run has printed. */
export function documentOf({ output, errors }: CliRecord): CliDocument {
  try {
    return JSON.parse(output) as CliDocument
  } catch (cause) {
    throw new Error(`expected one JSON document on the output, got ${JSON.stringify(output)}; errors: ${errors}`, { cause })
  }
}
