/** How a client behaves; README.md says what each does. */
export type Shape = 'connection' | 'keep-alive' | 'slow' | 'stream'

/** Every shape, in the order reports name them. */
export const shapes: readonly Shape[] = ['connection', 'keep-alive', 'slow', 'stream']

/** Why a request is lost; `cut` is a stream that ended without its last line. */
export type Loss = 'refused' | 'reset' | 'timeout' | 'status' | 'truncated' | 'cut' | 'other'

/** What became of one request, or of one line of a stream. */
export interface LoadRecord {
  /** When it was due, in Unix milliseconds. A line of a stream is due from the line before it. */
  readonly at: number
  /** Milliseconds from then to the end of its answer, or to its loss. */
  readonly took: number
  readonly shape: Shape
  /** Who answered, as far as an answer came. */
  readonly version?: string
  readonly slot?: string
  readonly pod?: string
  readonly lost?: Loss
  readonly error?: string
  /** Asked a second time on a fresh connection, because a used one had ended before the first byte of an answer. */
  readonly retried?: true
}

/** How a run ended. */
export interface LoadEnd {
  /** How many records the client wrote. */
  readonly sent: number
  /** `most`: the bound on requests was reached, so what came later was not measured. */
  readonly ended: 'stopped' | 'over' | 'most'
  /** The latest start of a request behind its schedule, in milliseconds: how well the rate was held. */
  readonly late: number
}

/** What one line of the client's output says. */
export type LoadLine = { readonly kind: 'started' } | { readonly kind: 'record'; readonly record: LoadRecord } | { readonly kind: 'end'; readonly end: LoadEnd }

/** Reads one line of the client's output, `undefined` when it is none: a Pod's log can hold words of the kubelet. */
export function readLine(line: string): LoadLine | undefined {
  const read = parsed(line)
  if (read === undefined) return undefined
  if ('started' in read) return { kind: 'started' }
  if ('done' in read) return { kind: 'end', end: { sent: read.sent, ended: read.ended, late: read.late } }
  return { kind: 'record', record: read }
}

type Written = LoadRecord | (LoadEnd & { readonly done: true }) | { readonly started: number }

function parsed(line: string): Written | undefined {
  if (!/^\{.*\}$/.test(line)) return undefined
  try {
    return JSON.parse(line) as Written
  } catch {
    return undefined // half a line
  }
}
