import type { Match, Numbered, Rule, Trouble } from './trouble.ts'

/** A rule as the proxy keeps it. */
export class OpenRule implements Rule {
  readonly trouble: Trouble
  readonly #match: Match
  readonly #first = Promise.withResolvers<Numbered>()
  readonly #release = Promise.withResolvers<boolean>()
  #left: number
  #strikes = 0

  constructor({ match, trouble, times }: { readonly match: Match; readonly trouble: Trouble; readonly times: number }) {
    this.trouble = trouble
    this.#match = match
    this.#left = times
  }

  get struck(): Promise<Numbered> {
    return this.#first.promise
  }

  get strikes(): number {
    return this.#strikes
  }

  /** Resolves with whether what is held goes on. */
  get released(): Promise<boolean> {
    return this.#release.promise
  }

  /** Takes a request for this rule, if it is meant. */
  strike(asked: Numbered): boolean {
    if (this.#left === 0 || !this.#match(asked)) return false
    this.#left -= 1
    this.#strikes += 1
    return true
  }

  /** Says that a request has met its trouble. */
  tell(asked: Numbered): void {
    this.#first.resolve(asked)
  }

  release(): void {
    this.#left = 0
    this.#release.resolve(true)
  }

  remove(): void {
    this.#left = 0
    this.#release.resolve(false)
  }
}
