import { shapes, type LoadEnd, type LoadRecord, type Loss, type Shape } from './record.ts'
import { tally, type Tally } from './tally.ts'

/** What a run says in all. */
export interface LoadReport {
  readonly all: Tally
  /** Only the shapes that sent anything. */
  readonly shapes: Readonly<Partial<Record<Shape, Tally>>>
  readonly end: LoadEnd
  readonly records: readonly LoadRecord[]
  /** Answers of version `old`, good or not, to requests of shape `connection` that were due after that Unix millisecond. */
  wrongVersion(after: number, old: string): number
  /** The run in slices of `width` milliseconds, from the first request due to the last; empty ones are there too. */
  bins(width: number): readonly Bin[]
}

/** What was due in one slice of time. */
export interface Bin {
  /** Its first Unix millisecond. */
  readonly from: number
  /** Good answers per version. */
  readonly versions: Readonly<Record<string, number>>
  readonly lost: number
}

/** Reduces the records of a run. Their order does not matter. */
export function reportOf(records: readonly LoadRecord[], end: LoadEnd): LoadReport {
  const byShape = shapes.flatMap((shape) => {
    const own = records.filter((record) => record.shape === shape)
    return own.length === 0 ? [] : [[shape, tally(own)] as const]
  })
  const longestGap = byShape.reduce((longest, [, { longestGap }]) => Math.max(longest, longestGap), 0)
  return {
    all: { ...tally(records), longestGap },
    shapes: Object.fromEntries(byShape),
    end,
    records,
    wrongVersion: (after, old) => records.filter(({ shape, at, version }) => shape === 'connection' && at > after && version === old).length,
    bins: (width) => binsOf(records, width),
  }
}

/** One line for a person: `sent 4000, lost 3 (2 refused, 1 cut)`. */
export function tallyLine({ sent, lost, byClass }: Pick<Tally, 'sent' | 'lost' | 'byClass'>): string {
  const classes = (Object.entries(byClass) as [Loss, number][]).toSorted(([, one], [, other]) => other - one).map(([loss, count]) => `${count} ${loss}`)
  return `sent ${sent}, lost ${lost}${lost === 0 ? '' : ` (${classes.join(', ')})`}`
}

function binsOf(records: readonly LoadRecord[], width: number): readonly Bin[] {
  if (!(width > 0)) throw new RangeError(`bins: expected a width of more than 0 ms, got ${width}`)
  if (records.length === 0) return []
  const first = records.reduce((first, { at }) => Math.min(first, at), Infinity)
  const last = records.reduce((last, { at }) => Math.max(last, at), 0)
  const bins = Array.from({ length: Math.floor((last - first) / width) + 1 }, (_, n) => ({
    from: first + n * width,
    versions: {} as Record<string, number>,
    lost: 0,
  }))
  for (const { at, lost, version = '' } of records) {
    const bin = bins[Math.floor((at - first) / width)]
    if (bin === undefined) continue
    if (lost === undefined) bin.versions[version] = (bin.versions[version] ?? 0) + 1
    else bin.lost += 1
  }
  return bins
}
