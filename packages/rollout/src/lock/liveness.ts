import { toFault, type Clock } from '@fairlead/base'
import type { ReadOptions } from '@fairlead/kube'

/** Asks whoever starts runs whether one of them still lives. */
export interface RunLiveness {
  /** True: the run is over. False: it lives. Undefined: that cannot be told. */
  isOver(holder: string, options?: ReadOptions): Promise<boolean | undefined>
}

/** What an inquiry needs of the world. */
export interface InquiryWorld {
  readonly clock: Clock
  readonly liveness: RunLiveness
  readonly signal: AbortSignal
  say(line: string): void
}

/** Milliseconds between two questions. */
const RARELY = 10_000

/** Asks whether the run that holds a lock is over, now and then and without keeping anybody waiting. What fails is said once, and then as good as unknown. */
export class Inquiry {
  readonly #world: InquiryWorld
  readonly #over = new Set<string>()
  /** Called when a run turns out to be over. */
  onNews: () => void = () => undefined
  #askedAt = -Infinity
  #isAsking = false
  #hasComplained = false

  constructor(world: InquiryWorld) {
    this.#world = world
  }

  /** Tells whether a run is known to be over. A run that is over never lives again: a repetition has a name of its own. */
  isOver(holder: string): boolean {
    return this.#over.has(holder)
  }

  /** Asks, unless it has just been asked or an answer is still due. */
  ask(holder: string): void {
    const now = this.#world.clock.now()
    if (this.#isAsking || now - this.#askedAt < RARELY) return
    this.#askedAt = now
    this.#isAsking = true
    void this.#ask(holder)
  }

  async #ask(holder: string): Promise<void> {
    const { liveness, signal } = this.#world
    try {
      if ((await liveness.isOver(holder, { signal })) !== true) return
      this.#over.add(holder)
      this.onNews()
    } catch (error) {
      if (!signal.aborted) this.#complain(error)
    } finally {
      this.#isAsking = false
    }
  }

  #complain(error: unknown): void {
    if (this.#hasComplained) return
    this.#hasComplained = true
    const { message, hint } = toFault(error)
    this.#world.say(`whether the holder of the lock still lives cannot be told: ${message}${hint === undefined ? '' : `. ${hint}`}`)
  }
}
