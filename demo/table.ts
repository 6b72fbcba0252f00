import type { Figures } from './figures.ts'
import { seconds, span } from './units.ts'

const COLUMNS = ['', 'verdict', 'took', 'proven', 'proof', 'first', 'last', 'kept', 'sent', 'lost', 'reached'] as const

/** What its columns mean, for the line below it. */
export const LEGEND: readonly string[] = [
  'proven: from the start of the action until every endpoint is proven; proof: from the write to that;',
  'first: until the first answer of the new version; last, kept: until the last of the old one, on new',
  'connections and on those that were open before; reached: requests that reached a refused version',
]

/** The table of what was measured, at most 96 columns wide. */
export function tableOf(figures: readonly Figures[]): readonly string[] {
  const rows = [COLUMNS, ...figures.map(rowOf)]
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

function rowOf({ run, requests, lost, reached, ...figures }: Figures): readonly string[] {
  return [
    run.chapter.name,
    run.ending,
    seconds(figures.seconds),
    seconds(figures.untilProven),
    span(figures.proof),
    span(figures.firstNew),
    span(figures.lastOld),
    figures.lastKept === 'stays' ? 'stays' : span(figures.lastKept),
    requests === 0 ? '-' : String(requests),
    requests === 0 ? '-' : String(lost),
    run.ending === 'refused' ? String(reached) : '-',
  ]
}
