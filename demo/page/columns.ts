import type { Bin } from '@fairlead/load'
import { at, escape } from './markup.ts'
import { ticks, type Area, type Scale } from './scale.ts'

/** Milliseconds of one column. */
export const BIN = 250

/** Answers per second and version over time, stacked, with their scale. */
export function columnsOf(bins: readonly Bin[], { area, x }: { readonly area: Area; readonly x: Scale }): string {
  const names = versionsIn(bins)
  const perSecond = 1_000 / BIN
  const most = Math.max(1, ...bins.map(({ versions, lost }) => (Object.values(versions).reduce((sum, value) => sum + value, 0) + lost) * perSecond))
  const highest = most * 1.1
  const scale = ticks(most, 4).filter((value) => value <= highest)
  const y = (value: number) => area.bottom - (value / highest) * (area.bottom - area.top)
  const layers = names.map((name, layer) => {
    const below = (bin: Bin) => names.slice(0, layer).reduce((sum, other) => sum + (bin.versions[other] ?? 0), 0) * perSecond
    const above = (bin: Bin) => below(bin) + (bin.versions[name] ?? 0) * perSecond
    const total = bins.reduce((sum, { versions }) => sum + (versions[name] ?? 0), 0)
    return `<path class="v${escape(name)}" d="${outline(bins, { x, top: (bin) => y(above(bin)), bottom: (bin) => y(below(bin)) })}"><title>version ${escape(name)}: ${total} answers</title></path>`
  })
  const grid = scale.map(
    (value) =>
      `<line class="grid" x1="${area.left}" x2="${area.right}" y1="${at(y(value))}" y2="${at(y(value))}"/><text class="axis" x="${area.left - 8}" y="${at(y(value) + 4)}" text-anchor="end">${value}</text>`,
  )
  return [...grid, ...layers].join('\n')
}

/** Every version that has answered, in order. */
export function versionsIn(bins: readonly Bin[]): readonly string[] {
  return [...new Set(bins.flatMap(({ versions }) => Object.keys(versions)))].toSorted()
}

interface Edges {
  readonly x: Scale
  readonly top: (bin: Bin) => number
  readonly bottom: (bin: Bin) => number
}

/** Along the tops from left to right, back along the bottoms: every column as wide as its time. Columns without height are left out. */
function outline(bins: readonly Bin[], { x, top, bottom }: Edges): string {
  const pieces: Bin[][] = []
  let open: Bin[] | undefined
  for (const bin of bins) {
    if (top(bin) >= bottom(bin)) open = undefined
    else if (open === undefined) pieces.push((open = [bin]))
    else open.push(bin)
  }
  return pieces.map((piece) => `M${[...edge(piece, x, top), ...edge(piece, x, bottom).toReversed()].join('L')}Z`).join('')
}

function edge(bins: readonly Bin[], x: Scale, height: (bin: Bin) => number): readonly string[] {
  return bins.flatMap((bin) => [`${at(x(bin.from))} ${at(height(bin))}`, `${at(x(bin.from + BIN))} ${at(height(bin))}`])
}
