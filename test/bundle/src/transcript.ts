import type { StepRecord } from './run-bundle.ts'

/**
 * Writes a run as text that a reviewer reads as a diff: log, annotations, outputs, summary, temporary files, requests.
 * What differs from run to run (durations, ports, random names) is replaced by what it is.
 */
export function transcript(record: StepRecord, requests: readonly string[] = []): string {
  const parts: [string, readonly string[]][] = [
    ['log', record.log],
    ['annotations', record.annotations.map(({ name, properties, data }) => `${name} ${JSON.stringify(properties)} ${data}`)],
    ['masked', record.masks.map((mask) => `${mask.slice(0, 4)}... (${mask.length} characters)`)],
    ['outputs', Object.entries(record.outputs).map(([name, value]) => `${name}=${value}`)],
    ['summary', (record.summary ?? 'rejected by the runner: too large').trimEnd().split('\n')],
    ['temporary files', record.temporaryFiles.map(({ name, mode }) => `${mode} ${name}`)],
    ['requests', requests],
    ['exit', [record.signal ?? String(record.exitCode)]],
  ]
  return steady(parts.map(([title, lines]) => `--- ${title}\n${lines.join('\n')}\n`).join(''))
}

/** Replaces what no two runs share; durations that were asked for stand behind words that say so, and stay. */
export function steady(text: string): string {
  return (
    text
      .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uuid>')
      .replaceAll(/\/[^\s"`,]*fairlead-step-[A-Za-z0-9]{6}/g, '<step>')
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
      .replaceAll(/(?<!within |up to |time of )\b(?:\d+m)?\d+(?:\.\d+)?(?:ms|s)\b/g, '<time>')
      // Columns are as wide as the longest duration in them.
      .replaceAll(/(\S) {2,}(?=\S)/g, '$1  ')
  )
}
