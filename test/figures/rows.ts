import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'

const FOLDER = resolve(import.meta.dirname, '../../docs/figures')

/** One measurement: what was measured, its unit, one value. */
export interface Row {
  readonly what: string
  readonly unit: string
  readonly value: number
}

interface KeptRow extends Row {
  /** The bundle that was measured. */
  readonly bundle: string
  readonly run: number
  readonly load: number
}

/** A series of runs whose rows are kept as they come, so that a proof that was interrupted goes on where it stopped. */
export interface Series {
  readonly name: string
  readonly title: string
  /** What one run is, where the title does not say it. */
  readonly story?: string
  /** The command that measures it again. */
  readonly command: string
  readonly runs: number
  /** The actions whose bundles are measured. */
  readonly actions: readonly string[]
  readonly measure: (run: number) => Promise<readonly Row[]>
}

/** Measures the runs that are missing for the committed bundle, and writes a page with median and range of every row. */
export async function prove(series: Series): Promise<void> {
  await mkdir(FOLDER, { recursive: true })
  const bundle = await digestOf(series.actions)
  const file = join(FOLDER, `${series.name}.jsonl`)
  const kept = (await read(file)).filter((row) => row.bundle === bundle)
  await writeFile(file, kept.map((row) => `${JSON.stringify(row)}\n`).join(''))
  for (let run = 1 + Math.max(0, ...kept.map((row) => row.run)); run <= series.runs; run += 1) {
    const rows = (await series.measure(run)).map((row): KeptRow => ({ ...row, bundle, run, load: Number((loadavg()[0] ?? 0).toFixed(2)) }))
    await appendFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
    kept.push(...rows)
    console.log(`${series.name}: run ${run} of ${series.runs}: ${rows.map(({ what, value, unit }) => `${what} ${value.toFixed(2)} ${unit}`).join(', ')}`)
  }
  await writeFile(join(FOLDER, `${series.name}.md`), page(series, kept))
}

async function digestOf(actions: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const action of actions) hash.update(await readFile(resolve(import.meta.dirname, '../../actions', action, 'dist/index.js')))
  return hash.digest('hex').slice(0, 12)
}

async function read(file: string): Promise<KeptRow[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as KeptRow)
}

function page(series: Series, rows: readonly KeptRow[]): string {
  const { title, command, runs } = series
  const story = series.story === undefined ? '' : `\n\n${series.story}`
  const names = [...new Set(rows.map(({ what }) => what))]
  const lines = names.map((what) => {
    const same = rows.filter((row) => row.what === what)
    const values = same.map(({ value }) => value).toSorted((a, b) => a - b)
    const median = values[Math.floor((values.length - 1) / 2)] ?? 0
    const loads = same.map(({ load }) => load)
    return `| ${what} | ${median.toFixed(2)} | ${(values[0] ?? 0).toFixed(2)} to ${(values.at(-1) ?? 0).toFixed(2)} | ${same[0]?.unit ?? ''} | ${Math.min(...loads)} to ${Math.max(...loads)} |`
  })
  return `# ${title}\n\n\`${command}\`, ${runs} runs of ${series.actions.join(' and ')}, bundle ${rows[0]?.bundle ?? ''}.${story}\n\n| what | median | range | unit | load average |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}\n`
}
