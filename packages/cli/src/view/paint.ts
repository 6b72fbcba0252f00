/** Colours for a terminal, or none. */
export class Paint {
  readonly #colours: boolean

  constructor(colours: boolean) {
    this.#colours = colours
  }

  good(text: string): string {
    return this.#in(32, text)
  }

  bad(text: string): string {
    return this.#in(31, text)
  }

  strong(text: string): string {
    return this.#in(1, text)
  }

  faint(text: string): string {
    return this.#in(2, text)
  }

  /** Shortens a painted text to so many characters and ends its colours. */
  cut(text: string, width: number): string {
    // oxlint-disable-next-line no-control-regex -- our own colours take no room
    const pieces = text.split(/(\u001B\[\d+m)/)
    let left = width - 1
    const isLonger = pieces.filter((_, index) => index % 2 === 0).join('').length > left
    if (!isLonger) return text
    left -= 1
    const kept = pieces.map((piece, index) => {
      if (index % 2 === 1) return piece
      const shown = piece.slice(0, left)
      left -= shown.length
      return shown
    })
    return `${kept.join('')}…`
  }

  #in(code: number, text: string): string {
    return this.#colours ? `\u001B[${code}m${text}\u001B[0m` : text
  }
}
