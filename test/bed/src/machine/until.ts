import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure, sentence } from '../failure.ts'

/** What is waited for and how long. */
export interface Wait {
  /** Completes the sentence "waited for ...". */
  readonly what: string
  readonly seconds: number
  /** Aborted when waiting has become pointless; its reason is thrown. */
  readonly signal?: AbortSignal
}

const pause = 25

/** Asks `probe` until it answers anything but `undefined` or `false`. A probe that throws is asked again; its last words go into the failure. */
export async function until<Answer>(wait: Wait, probe: () => Promise<Answer | undefined | false>): Promise<Answer> {
  const deadline = performance.now() + wait.seconds * 1000
  let last = 'no answer yet'
  while (performance.now() < deadline) {
    wait.signal?.throwIfAborted()
    try {
      const answer = await probe()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      last = sentence(error)
    }
    await sleep(pause)
  }
  wait.signal?.throwIfAborted()
  throw new Failure(`waited for ${wait.what}: expected it within ${wait.seconds} s, got: ${last}`)
}
