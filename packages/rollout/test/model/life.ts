import type { Clock } from '@fairlead/base'

/** Whether a process runs, stands still (and may go on later, none the wiser), or was killed. */
export class Life {
  #state: 'running' | 'paused' | 'dead' = 'running'
  #gate: Promise<void> | undefined
  #open: () => void = () => undefined

  get state(): 'running' | 'paused' | 'dead' {
    return this.#state
  }

  pause(): void {
    this.#state = 'paused'
    this.#gate = new Promise((resolve) => (this.#open = resolve))
  }

  wake(): void {
    this.#state = 'running'
    this.#gate = undefined
    this.#open()
  }

  /** Whatever waits for it waits for ever: not even what a process does when something fails is done. */
  die(): void {
    this.#state = 'dead'
    this.#gate = new Promise(() => undefined)
  }

  /** Resolves while the process runs. */
  async gate(): Promise<void> {
    while (this.#gate !== undefined) await this.#gate
  }
}

/** The clock as one process sees it: what it sleeps for ends no earlier than the process runs again. */
export class LifeClock implements Clock {
  readonly #clock: Clock
  readonly #life: Life

  constructor(clock: Clock, life: Life) {
    this.#clock = clock
    this.#life = life
  }

  now(): number {
    return this.#clock.now()
  }

  date(): Date {
    return this.#clock.date()
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await this.#clock.sleep(milliseconds, signal)
    await this.#life.gate()
    signal?.throwIfAborted()
  }
}
