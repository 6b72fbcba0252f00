/** One line of the view: what is asked, and how far the answer is. */
export interface Row {
  readonly name: string
  readonly story: string
  state: string
  started: number
  ended?: number
  /** The latest sentence about it. */
  text: string
  /** It came out as it must; absent while it is open. */
  good?: boolean
}

/** Shows rows as they change: redrawn in place on a terminal, a plain line per change elsewhere. */
export class View {
  readonly #rows: Row[] = []
  readonly #stream: NodeJS.WriteStream
  #timer: NodeJS.Timeout | undefined
  #drawn = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
    if (stream.isTTY) this.#timer = setInterval(() => this.#draw(), 100)
  }

  add(name: string, story: string): Row {
    const row: Row = { name, story, state: 'preparing', started: performance.now(), text: story }
    this.#rows.push(row)
    this.#tell(row)
    return row
  }

  change(row: Row, change: Partial<Pick<Row, 'state' | 'text' | 'good' | 'started' | 'ended'>>): void {
    Object.assign(row, change)
    this.#tell(row)
  }

  /** Draws for the last time. */
  close(): void {
    clearInterval(this.#timer)
    if (this.#stream.isTTY) this.#draw()
    this.#timer = undefined
  }

  #tell(row: Row): void {
    if (!this.#stream.isTTY) this.#stream.write(`${line(row)}\n`)
  }

  #draw(): void {
    const width = this.#stream.columns
    const up = this.#drawn === 0 ? '' : `\u001B[${this.#drawn}A`
    const lines = this.#rows.map((row) => `\u001B[2K${paint(row, line(row).slice(0, width - 1))}`)
    this.#stream.write(`${up}${lines.join('\n')}\n`)
    this.#drawn = lines.length
  }
}

function line({ name, state, started, ended, text, good }: Row): string {
  const mark = good === undefined ? ' ' : good ? '+' : '!'
  const time = `${(((ended ?? performance.now()) - started) / 1_000).toFixed(1)}s`
  return `${mark} ${name.padEnd(15)} ${state.padEnd(11)} ${time.padStart(6)}  ${text}`
}

function paint({ good }: Row, text: string): string {
  if (good === undefined) return text
  return `\u001B[${good ? 32 : 31}m${text}\u001B[0m`
}
