import { isGreen, type Report } from '@fairlead/action'
import { formatDuration, type Clock } from '@fairlead/base'
import type { Screen } from '../machine.ts'
import { endingOf } from './ending.ts'
import type { View } from './index.ts'
import { Paint } from './paint.ts'
import { Story } from './story.ts'

interface Current {
  readonly number: string
  readonly text: string
  /** As it was said. */
  readonly line: string
  readonly began: number
  said: string
}

const REDRAW = 250
/** Two for the number, the time and the blanks between them. */
const MARGIN = ' '.repeat(13)

/** Tells a person at a terminal: the plan, then one line for every step, which is drawn anew in its place while it is at work. */
export class LiveView implements View {
  readonly #screen: Screen
  readonly #clock: Clock
  readonly #paint: Paint
  readonly #story = new Story()
  readonly #end = new AbortController()
  #current: Current | undefined
  #wereStepsShown = false
  #drawn = 0

  constructor(screen: Screen, clock: Clock, { colours }: { readonly colours: boolean }) {
    this.#screen = screen
    this.#clock = clock
    this.#paint = new Paint(colours)
    void this.#tick()
  }

  say(line: string): void {
    const scene = this.#story.read(line)
    switch (scene.type) {
      case 'step':
        this.#begin(scene)
        return
      case 'said':
        if (this.#current !== undefined) this.#current.said = scene.text
        this.#draw([])
        return
      case 'ended':
        this.#finish(scene)
        return
      case 'text':
        this.#draw([scene.text])
    }
  }

  note(line: string): void {
    this.#draw([this.#paint.strong(line)])
  }

  end(report: Report): void {
    this.#end.abort()
    this.#current = undefined
    const lines = endingOf(report, { wereStepsShown: this.#wereStepsShown })
    const verdict = lines.at(-1) ?? ''
    this.#draw([...lines.slice(0, -1), isGreen(report.conclusion) ? this.#paint.good(verdict) : this.#paint.bad(verdict)])
  }

  #begin({ number, text, line }: Pick<Current, 'number' | 'text' | 'line'>): void {
    // One that never ended was no step, but a line that looks like one.
    const before = this.#current
    this.#current = { number, text, line, began: this.#clock.now(), said: '' }
    this.#draw(before === undefined ? [] : [before.line])
  }

  #finish({ ok, seconds, text }: { readonly ok: boolean; readonly seconds: number; readonly text: string }): void {
    const current = this.#current
    if (current === undefined) return
    this.#wereStepsShown = true
    this.#current = undefined
    const head = this.#head(current.number, seconds * 1_000)
    if (ok) this.#draw([this.#cut(`${this.#paint.good(head)}${current.text}: ${text}`)])
    // Why a step failed is never cut off.
    else this.#draw([`${this.#paint.bad(`${head}FAILED`)} ${current.text}`, `${MARGIN}${text}`])
  }

  async #tick(): Promise<void> {
    const { signal } = this.#end
    while (!signal.aborted) {
      // The end of the view is the only thing that wakes it early.
      await this.#clock.sleep(REDRAW, signal).catch(() => undefined)
      if (this.#current !== undefined) this.#draw([])
    }
  }

  /** Writes lines that stay above the step that is at work, in one go: nothing is ever half drawn. */
  #draw(lines: readonly string[]): void {
    const rows = this.#rows()
    const back = this.#drawn === 0 ? '' : `\u001B[${this.#drawn}F\u001B[J`
    // Rows that must be found again must not be broken in two, however wide their characters are.
    const drawn = rows.length === 0 ? '' : `\u001B[?7l${rows.map((row) => `${row}\n`).join('')}\u001B[?7h`
    const text = `${back}${lines.map((line) => `${line}\n`).join('')}${drawn}`
    if (text !== '') this.#screen.write(text)
    this.#drawn = rows.length
  }

  #rows(): readonly string[] {
    if (this.#current === undefined) return []
    const { number, text, began, said } = this.#current
    const row = this.#cut(`${this.#paint.strong(this.#head(number, this.#clock.now() - began))}${text}`)
    return said === '' ? [row] : [row, this.#cut(this.#paint.faint(`${MARGIN}${said}`))]
  }

  #head(number: string, milliseconds: number): string {
    return `${number.padStart(2)}  ${elapsed(milliseconds).padStart(7)}  `
  }

  #cut(row: string): string {
    return this.#paint.cut(row, this.#screen.columns())
  }
}

/** Tenths of a second as long as they count: a time that changes its unit every moment cannot be read. */
function elapsed(milliseconds: number): string {
  return milliseconds < 59_950 ? `${(milliseconds / 1_000).toFixed(1)}s` : formatDuration(milliseconds)
}
