import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { Failure } from '@fairlead/bed'

/** A load client that runs, wherever it does. */
export interface Client {
  /** What it writes, from its first line to its last. */
  readonly output: Readable
  /** Resolves once it has ended and everything it wrote was passed on; rejects with its complaint when it ended badly. */
  readonly ended: Promise<void>
  /** Tells it to begin no more requests and clears away what it leaves behind. It ends once those in flight are finished. */
  stop(): Promise<void>
}

/** Resolves when a child has ended well; rejects with a `Failure` that names it and its last words. */
export function endOf(child: ChildProcess, name: string): Promise<void> {
  let complaint = ''
  child.stderr?.on('data', (text) => {
    complaint = `${complaint}${String(text)}`.slice(-2000)
  })
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Failure(`${name}: could not be started: ${error.message}`)))
    child.once('close', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Failure(`${name}: expected exit code 0, got ${code ?? signal}\n${complaint.trim()}`))
    })
  })
}
