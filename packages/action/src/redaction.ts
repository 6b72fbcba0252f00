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
}
