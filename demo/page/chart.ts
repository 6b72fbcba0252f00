import type { LoadRecord, LoadReport } from '@fairlead/load'
import { moveOf } from '../figures.ts'
import type { Run } from '../run.ts'
import { BIN, columnsOf } from './columns.ts'
import { LANE, lanesOf } from './lanes.ts'
import { at, escape } from './markup.ts'
import { scaleFrom, ticks, WIDTH, type Area, type Scale } from './scale.ts'

const PLOT: Area = { left: 168, right: WIDTH - 14, top: 62, bottom: 312 }
const LANES_TOP = 364

/** What users saw over time, and below it every step of every plan on the same axis of time. */
export function chartOf(runs: readonly Run[], report: Pick<LoadReport, 'bins' | 'records' | 'all'>): string {
  const began = runs[0]?.began ?? 0
  // The last column is shorter than the others: its height would say less than there was.
  const bins = report.bins(BIN)
  const over = Math.max(runs.at(-1)?.ended ?? began, (bins.at(-1)?.from ?? began) + BIN)
  const x = scaleFrom([began, over], [PLOT.left, PLOT.right])
  const lanes = { ...PLOT, top: LANES_TOP, bottom: LANES_TOP + runs.length * LANE }
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${lanes.bottom + 6}" role="img" aria-labelledby="chart-title chart-words">
<title id="chart-title">Answers per second and version over time, with every step of every plan</title>
<desc id="chart-words">${escape(wordsOf(runs, report))}</desc>
${runs.map((run, index) => band(run, { x, isShaded: index % 2 === 0, bottom: lanes.bottom })).join('\n')}
${columnsOf(bins.slice(0, -1), { area: PLOT, x })}
<text class="axis" x="${PLOT.left - 8}" y="${PLOT.top - 22}" text-anchor="end">answers per second</text>
${timeAxis(over - began, (value) => x(began + value))}
${runs.map((run) => moveMark(run, x, lanes.bottom)).join('')}
${report.records.map((record) => lossMark(record, x, began)).join('')}
${lanesOf(runs, { area: lanes, x })}
</svg>`
}

function band({ chapter, began, ended }: Run, { x, isShaded, bottom }: { readonly x: Scale; readonly isShaded: boolean; readonly bottom: number }): string {
  const [left, right] = [x(began), x(ended)]
  const shade = isShaded ? `<rect class="band" x="${at(left)}" y="0" width="${at(right - left)}" height="${bottom + 6}"/>` : ''
  return `${shade}<text class="chapter" x="${at((left + right) / 2)}" y="18" text-anchor="middle">${escape(chapter.name)}</text>`
}

function timeAxis(span: number, x: Scale): string {
  const marks = ticks(span / 1_000, 9).filter((value) => value * 1_000 <= span)
  return marks
    .map(
      (value) =>
        `<line class="tick" x1="${at(x(value * 1_000))}" x2="${at(x(value * 1_000))}" y1="${PLOT.bottom}" y2="${PLOT.bottom + 5}"/><text class="axis" x="${at(x(value * 1_000))}" y="${PLOT.bottom + 19}" text-anchor="middle">${value} s</text>`,
    )
    .join('')
}

/** The one write that moved traffic, through everything on the axis of time. */
function moveMark(run: Run, x: Scale, bottom: number): string {
  const moment = moveOf(run)
  if (moment === undefined) return ''
  const left = at(x(moment))
  return `<g class="moved"><line x1="${left}" x2="${left}" y1="${PLOT.top - 32}" y2="${bottom}"/><text x="${at(x(moment) + 4)}" y="${PLOT.top - 22}">to version ${escape(run.chapter.version)}</text><title>${escape(`${run.chapter.name}: traffic is moved to version ${run.chapter.version}`)}</title></g>`
}

function lossMark({ at: due, lost, shape, error, version }: LoadRecord, x: Scale, began: number): string {
  if (lost === undefined) return ''
  const left = x(due)
  const words = `lost after ${((due - began) / 1_000).toFixed(2)} s: ${lost}, ${shape}${version === undefined ? '' : `, version ${version}`}${error === undefined ? '' : `: ${error}`}`
  return `<g class="loss"><line x1="${at(left)}" x2="${at(left)}" y1="${PLOT.top}" y2="${PLOT.bottom}"/><path d="M${at(left - 5)} ${PLOT.top - 11}h10l-5 9z"/><title>${escape(words)}</title></g>`
}

function wordsOf(runs: readonly Run[], { all }: Pick<LoadReport, 'all'>): string {
  const versions = Object.entries(all.versions).map(([name, { count }]) => `version ${name} gave ${count} answers`)
  return `${runs.map(({ chapter, ending }) => `${chapter.name} was ${ending}`).join(', ')}. ${versions.join(', ')}. ${all.sent} requests were sent and ${all.lost} were lost.`
}
