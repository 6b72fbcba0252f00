import type { Run, RunStep } from '../run.ts'
import { seconds } from '../units.ts'
import { escape } from './markup.ts'

/** Every plan, step by step, with what came of it: a fold per run, open where it was refused. */
export function plansOf(runs: readonly Run[]): string {
  const origin = runs[0]?.began ?? 0
  return runs.map((run) => fold(run, origin)).join('\n')
}

function fold(run: Run, origin: number): string {
  const { chapter, ending, verdict, cause, steps } = run
  const log = cause?.log === undefined ? '' : `\nlog: ${cause.log}`
  return `<details${ending === 'refused' ? ' open' : ''}><summary>${escape(chapter.name)}: ${escape(ending)} <span>· ${escape(chapter.title)}</span></summary>
<pre><code>${escape(`${verdict}${log}`)}</code></pre>
<div class="scroll"><table><thead><tr><th></th><th class="words">step</th><th class="words">result</th><th>began</th><th>took</th></tr></thead>
<tbody>${steps.map((step) => row(step, origin)).join('\n')}</tbody></table></div><p></p></details>`
}

function row({ number, text, state, at, seconds: took, result, isWayBack }: RunStep, origin: number): string {
  const look = state === 'failed' ? ' class="failed"' : state === 'not reached' ? ' class="unreached"' : ''
  const told = state === 'not reached' ? 'not reached' : state === 'failed' ? `FAILED: ${result}` : result
  const times = at === undefined ? ['', ''] : [seconds((at - origin) / 1_000), took < 0.1 ? `${Math.round(took * 1_000)} ms` : seconds(took)]
  return `<tr${look}><th scope="row">${isWayBack ? '↩ ' : ''}${number}</th><td class="words">${escape(text)}</td><td class="words">${escape(told)}</td>${times.map((time) => `<td>${time}</td>`).join('')}</tr>`
}
