const HIDE_CURSOR = '\u001B[?25l'
const SHOW_CURSOR = '\u001B[?25h'
/** A terminal that knows these shows the frame at once; others ignore them. */
const [BEGIN, END] = ['\u001B[?2026h', '\u001B[?2026l']

/** What is drawn: lines at a width. */
export type Frame = (width: number) => readonly string[]

/** The stream a view writes to. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  write(text: string): unknown
}

/** The most columns that are used, however wide the terminal is. */
export const WIDEST = 96

/**
 * Writes lines that stay, and below them, on a terminal only, a frame that is redrawn in place: every line is overwritten and its rest erased,
 * so nothing flickers. Elsewhere frames are not drawn at all.
 */
export class View {
  readonly #output: Output
  #frame: Frame | undefined
  #drawn = 0

  constructor(output: Output) {
    this.#output = output
  }

  get isLive(): boolean {
    return this.#output.isTTY === true
  }

  get width(): number {
    return Math.min(WIDEST, this.isLive ? (this.#output.columns ?? 80) - 1 : WIDEST)
  }

  /** Writes lines that stay, above the frame. */
  print(...lines: readonly string[]): void {
    this.#write(lines, this.#frame?.(this.width) ?? [])
  }

  /** Puts a frame below what was printed; undefined takes it away. */
  show(frame: Frame | undefined): void {
    this.#frame = this.isLive ? frame : undefined
    if (this.isLive) this.#write([], this.#frame?.(this.width) ?? [])
  }

  /** Draws the frame again, as it is now. */
  redraw(): void {
    if (this.#frame !== undefined) this.#write([], this.#frame(this.width))
  }

  #write(lines: readonly string[], frame: readonly string[]): void {
    if (!this.isLive) return void (lines.length === 0 || this.#output.write(`${lines.join('\n')}\n`))
    const shown = frame.slice(0, Math.max(1, (this.#output.rows ?? 24) - 2))
    const up = this.#drawn === 0 ? '\r' : `\u001B[${this.#drawn}A\r`
    const text = [...lines, ...shown].map((line) => `${line}\u001B[K\n`).join('')
    // Whatever the last frame left below goes too.
    this.#output.write(`${BEGIN}${HIDE_CURSOR}${up}${text}\u001B[J${shown.length === 0 ? SHOW_CURSOR : ''}${END}`)
    this.#drawn = shown.length
  }
}
