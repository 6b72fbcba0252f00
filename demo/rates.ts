import type { LoadRecord } from '@fairlead/load'

/** Milliseconds of one column. */
const WIDTH = 500
const BARS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** What users saw lately, per version, as it arrives. */
export class Rates {
  readonly #versions = new Map<string, Map<number, number>>()
  #sent = 0
  #lost = 0

  add({ at, took, version = '?', lost }: LoadRecord): void {
    this.#sent += 1
    if (lost !== undefined) this.#lost += 1
    else count(this.#versions, version, Math.floor((at + took) / WIDTH))
  }

  get totals(): { readonly sent: number; readonly lost: number } {
    return { sent: this.#sent, lost: this.#lost }
  }

  /** One line per version that has answered lately: a bar every half second, and answers per second. */
  lines(now: number, columns: number): readonly string[] {
    // The last column but one is the newest that is complete.
    const last = Math.floor(now / WIDTH) - 1
    const window = Array.from({ length: columns }, (_, index) => last - columns + 1 + index)
    const rows = [...this.#versions]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([version, counts]) => ({
        version,
        values: window.map((column) => counts.get(column) ?? 0),
      }))
    const top = Math.max(1, ...rows.flatMap(({ values }) => values))
    return rows
      .filter(({ values }) => values.some((value) => value > 0))
      .map(({ version, values }) => `version ${version}  ${values.map((value) => barOf(value, top)).join('')} ${String(perSecond(values)).padStart(4)}/s`)
  }
}

function count(versions: Map<string, Map<number, number>>, version: string, column: number): void {
  const counts = versions.get(version) ?? new Map<number, number>()
  versions.set(version, counts)
  counts.set(column, (counts.get(column) ?? 0) + 1)
}

function barOf(value: number, top: number): string {
  return BARS[value === 0 ? 0 : Math.max(1, Math.round((value / top) * (BARS.length - 1)))] ?? ' '
}

/** Over the last second. */
function perSecond(values: readonly number[]): number {
  return Math.round((values.slice(-2).reduce((sum, value) => sum + value, 0) * 1_000) / (2 * WIDTH))
}
