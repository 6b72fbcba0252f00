/**
 * Masks as the runner does (`HostContext.cs`): the whole value, every non-empty trimmed line of it, and for each of those
 * its base64 in three alignments and its JSON, URI and XML escapes. Longest first.
 */
export class Masker {
  readonly #secrets = new Set<string>()

  /** All values that were given, as they were given. */
  readonly given: string[] = []

  add(value: string): void {
    if (value.trim() === '') return
    this.given.push(value)
    for (const secret of new Set([value, ...value.split(/[\r\n]+/).map((line) => line.trim())])) {
      if (secret !== '') for (const twin of twinsOf(secret)) this.#secrets.add(twin)
    }
  }

  mask(text: string): string {
    return [...this.#secrets].toSorted((a, b) => b.length - a.length).reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
  }
}

function twinsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const aligned = [0, 1, 2].flatMap((shift) => {
    const text = bytes.subarray(shift).toString('base64').replace(/=+$/, '')
    return text.length >= 8 ? [text.slice(0, text.length - (text.length % 4))] : []
  })
  const escaped = [
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  ]
  return [...new Set([secret, ...aligned, ...escaped])].filter((twin) => twin !== '')
}
