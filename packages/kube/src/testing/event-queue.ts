/** Hands on what is pushed, in order, until it is ended; an iterator over it waits. */
export class EventQueue<T> {
  #waiting: T[] = []
  #end: { readonly error: unknown } | undefined
  #wake = Promise.withResolvers<void>()

  push(value: T): void {
    this.#waiting.push(value)
    this.#wake.resolve()
  }

  /** Ends the queue after what was pushed before, with an error or without. */
  end(error?: unknown): void {
    this.#end ??= { error }
    this.#wake.resolve()
  }

  async *read(): AsyncGenerator<T> {
    for (;;) {
      const next = this.#waiting.shift()
      if (next !== undefined) yield next
      else if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error
        return
      } else {
        this.#wake = Promise.withResolvers()
        await this.#wake.promise
      }
    }
  }
}
