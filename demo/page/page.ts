import { tallyLine, type LoadReport } from '@fairlead/load'
import type { Figures } from '../figures.ts'
import { count, seconds, span } from '../units.ts'
import { chartOf } from './chart.ts'
import { BIN, versionsIn } from './columns.ts'
import { escape } from './markup.ts'
import { plansOf } from './plans.ts'
import { STYLE } from './style.ts'
import { figuresTable, shapesTable } from './tables.ts'

/** What the page tells. */
export interface Told {
  readonly figures: readonly Figures[]
  readonly report: LoadReport
  /** What did not come out as it must. */
  readonly complaints: readonly string[]
  /** Requests per second of each shape. */
  readonly rate: number
  readonly quick: { readonly soak: string; readonly drain: string }
}

/** The demo as one file: no script, nothing loaded from anywhere. */
export function pageOf({ figures, report, complaints, rate, quick }: Told): string {
  const runs = figures.map(({ run }) => run)
  const bins = report.bins(BIN)
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>Fairlead demo: ${escape(tallyLine(report.all))}</title><style>${STYLE}</style></head>
<body><main>
<h1>Five releases under load, two of them sick, and the way back</h1>
<p class="lead">The sample application is released by the committed bundles of <code>deploy-bluegreen</code> and taken back by <code>rollback</code>, in a real cluster, while four kinds of clients ask its Service ${count(rate * 4)} times a second.</p>
${complaints.map((complaint) => `<p class="complaint">Not as it must be: ${escape(complaint)}</p>`).join('\n')}
${tiles(figures, report)}
<h2>What users saw</h2>
<figure>${key(versionsIn(bins))}<div class="scroll">${chartOf(runs, report)}</div>
<figcaption>Above: good answers per second, by the version that gave them and the moment they were due, in columns of ${BIN} ms. New connections go to the new version at once; clients that keep theirs open, half of the load here, stay with the old Pods until those are drained, or for as long as they are kept warm. Below: every step of every plan, on the same axis of time; rest the pointer on one to read it, or see the plans further down.</figcaption></figure>
<h2>What was measured</h2>
${figuresTable(figures)}
<h2>The plans</h2>
<p>Every step as the action reports it. A release gets its number when it is accepted: what is refused leaves no gap.</p>
${plansOf(runs)}
<h2>How it was measured</h2>
${shapesTable(report)}
${method({ report, rate, quick })}
</main></body></html>
`
}

function tiles(figures: readonly Figures[], { all }: LoadReport): string {
  const refused = figures.filter(({ run }) => run.ending === 'refused')
  const reached = refused.reduce((sum, { reached }) => sum + reached, 0)
  const back = figures.find(({ run }) => run.ending === 'rolled back')
  const slowest = figures.reduce((most, { proof }) => Math.max(most, proof ?? 0), 0)
  return `<ul class="tiles">
<li class="${all.lost === 0 ? 'good' : 'bad'}"><strong>${count(all.lost)} lost</strong>of ${count(all.sent)} requests sent</li>
<li class="${reached === 0 ? 'good' : 'bad'}"><strong>${count(reached)} reached</strong>one of the ${refused.length} versions that were refused</li>
<li><strong>${span(slowest)}</strong>from a write to its proof, the slowest of all moves</li>
<li><strong>${back?.untilProven === undefined ? 'none' : `${back.untilProven.toFixed(2)} s`}</strong>from the start of the rollback until every endpoint is proven</li>
</ul>`
}

function key(versions: readonly string[]): string {
  const swatch = (inner: string) => `<svg viewBox="0 0 14 14" aria-hidden="true">${inner}</svg>`
  return `<ul class="key">
${versions.map((name) => `<li>${swatch(`<rect class="v${escape(name)}" width="14" height="14" rx="3"/>`)}version ${escape(name)}</li>`).join('\n')}
<li>${swatch('<g class="loss"><path d="M1 2h12l-6 10z"/></g>')}a lost request</li>
<li>${swatch('<g class="moved"><line x1="7" x2="7" y1="0" y2="14"/></g>')}the write that moves traffic</li>
<li>${swatch('<g class="step failed"><rect width="14" height="14" rx="2"/></g>')}✕ the step that refused</li>
<li>${swatch('<g class="step back"><rect x="1" y="2" width="12" height="10" rx="2"/></g>')}what takes a refused release back</li>
</ul>`
}

function method({ report, rate, quick }: Pick<Told, 'report' | 'rate' | 'quick'>): string {
  const { all, end } = report
  return `<p>Each kind of client asks ${rate} times a second, whatever comes back: a request has a moment it is due, a late one is still sent, and its time counts from that moment. The latest start was ${span(end.late)} behind.</p>
<p><strong>Lost</strong> is whatever did not come whole and with status 200 within 10 s: refused, reset, timed out, an error, cut short, or a stream that ended without its last line. Nothing is repeated unseen; ${count(all.retried)} of ${count(all.sent)} requests were asked a second time, as every HTTP client does when a connection it kept has ended before the answer began.${certainty(all)}</p>
<p>The demo passes <code>soak: ${escape(quick.soak)}</code> and <code>drain: ${escape(quick.drain)}</code>; the defaults are 30s each. A proof is what the control plane shows; nodes and proxies follow it, which is why the last answers of an old version come after it. All clocks are one machine's on the local cluster. The whole story took ${wholeOf(report)} of load.</p>`
}

/** What no loss among so many says about those that were not asked. */
function certainty({ sent, lost }: LoadReport['all']): string {
  return lost > 0 || sent === 0 ? '' : ` With none of ${count(sent)} lost, the true rate is below ${(300 / sent).toFixed(3)} % at 95 % confidence.`
}

function wholeOf({ records }: LoadReport): string {
  const first = records.reduce((least, { at }) => Math.min(least, at), Infinity)
  const last = records.reduce((most, { at, took }) => Math.max(most, at + took), 0)
  return seconds(records.length === 0 ? 0 : (last - first) / 1_000)
}
