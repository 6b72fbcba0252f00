import { readFile, rename, writeFile } from 'node:fs/promises'

/** What a bed's supervisor says about it, rewritten whole on every change. */
export interface Status {
  readonly state: 'starting' | 'ready' | 'failed'
  /** Stages finished, with the seconds since the supervisor's start. */
  readonly stages: readonly { readonly name: string; readonly seconds: number }[]
  readonly components: readonly ComponentStatus[]
  /** Why it failed: what ended or did not come up, and the tail of its log. */
  readonly failure?: string
}

/** One of a bed's programs. `pid` is its number inside the bed. */
export interface ComponentStatus {
  readonly name: string
  readonly pid: number
  /** Wall clock, in milliseconds. */
  readonly startedAt: number
  /** How it ended, when it should not have. */
  readonly ended?: string
  /** It was stopped on purpose, and can be started again. */
  readonly stopped?: true
}

/** Replaces a JSON file at once, so that no reader ever sees half of it. */
export async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`)
  await rename(`${file}.new`, file)
}

/** A JSON file's value, or `undefined` when there is no such file. */
export async function readJson<Value>(file: string): Promise<Value | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Value
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
