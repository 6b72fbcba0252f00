/** Secrets shorter than this would blank out ordinary words. */
const SHORTEST = 6

/** Remembers secret values and takes them out of text, for what the runner's own masking does not reach. */
export class Redaction {
  readonly #secrets = new Set<string>()

  /** Answers whether the value is long enough to be kept out of text at all. */
  add(secret: string): boolean {
    const value = secret.trim()
    if (value.length < SHORTEST) return false
    this.#secrets.add(value)
    // The same bytes as they stand inside JSON.
    this.#secrets.add(JSON.stringify(value).slice(1, -1))
    return true
  }

  /** Longest first, so that a secret that contains another leaves nothing behind. */
  clean(text: string): string {
    return [...this.#secrets].toSorted((a, b) => b.length - a.length).reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
  }

  /** Cleans every text in a value, before anything is escaped: an escaped secret is still one, and matches nothing. */
  cleanAll<T>(value: T): T {
    const cleaned: unknown = this.#cleanAny(value)
    return cleaned as T
  }

  #cleanAny(value: unknown): unknown {
    if (typeof value === 'string') return this.clean(value)
    if (Array.isArray(value)) return value.map((item) => this.#cleanAny(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, this.#cleanAny(field)]))
  }
}
