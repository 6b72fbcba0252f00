import { performance } from 'node:perf_hooks'

/** Where progress goes. Results never go here: standard output belongs to the command's own answer. */
export interface Report {
  /** States something finished, on a line of its own. */
  line(text: string): void
  /** States where a long step is. On a terminal the next text replaces it; elsewhere it is a plain line. */
  progress(text: string): void
}

/** A report that says nothing, for callers who only want the cluster. */
export const silent: Report = { line: () => {}, progress: () => {} }

/** Reports to a stream: replaced lines on a terminal, plain lines everywhere else. */
export function streamReport(stream: NodeJS.WriteStream): Report {
  const eraseLine = stream.isTTY ? '\r\u001b[2K' : ''
  return {
    line: (text) => void stream.write(`${eraseLine}${text}\n`),
    progress: (text) => void stream.write(stream.isTTY ? `${eraseLine}${fitted(text, stream.columns)}` : `${text}\n`),
  }
}

/** Starts a stopwatch; the returned function says the seconds since, with one decimal. */
export function stopwatch(): () => string {
  const start = performance.now()
  return () => `${((performance.now() - start) / 1000).toFixed(1)} s`
}

function fitted(text: string, columns: number): string {
  return text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`
}
