import { abortable } from './abortable.ts'

/** One reading that several wait for, each for as long as its own signal lets it. When the last of them gives up it is aborted: nothing goes on unseen. */
export class SharedReading<T> {
  readonly #stop = new AbortController()
  readonly #value: Promise<T>
  #waiting = 0

  constructor(read: (signal: AbortSignal) => Promise<T>) {
    this.#value = read(this.#stop.signal)
    this.#value.catch(() => undefined)
  }

  /** Whether nobody waits for it any more; whoever comes then needs another. */
  get isOver(): boolean {
    return this.#stop.signal.aborted
  }

  async wait(signal: AbortSignal | undefined): Promise<T> {
    this.#waiting += 1
    try {
      return await abortable(this.#value, signal)
    } finally {
      this.#waiting -= 1
      if (this.#waiting === 0) this.#stop.abort(signal?.reason)
    }
  }
}
