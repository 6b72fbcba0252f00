import type { LoadReport, Shape, Tally } from '@fairlead/load'
import type { Figures } from '../figures.ts'
import { count, seconds, span } from '../units.ts'
import { escape } from './markup.ts'

/** The table of what was measured, one row per chapter. */
export function figuresTable(figures: readonly Figures[]): string {
  const heads = ['took', 'until proven', 'write to proof', 'first new', 'last old', 'last kept', 'requests', 'lost', 'reached the refused']
  return `<div class="scroll"><table><caption>First new, last old and last kept count from the write that moves traffic. The first two hold for connections made for their request; last kept is for those that were open before.</caption>
<thead><tr><th></th><th class="words">verdict</th>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>${figures.map(figuresRow).join('\n')}</tbody></table></div>`
}

/** What each kind of client saw. */
export function shapesTable({ shapes }: Pick<LoadReport, 'shapes'>): string {
  const rows = (Object.entries(shapes) as [Shape, Tally][]).map(
    ([shape, tally]) =>
      `<tr><th scope="row">${shape}</th><td class="words">${WORDS[shape]}</td><td>${count(tally.sent)}</td>${lostCell(tally.lost)}<td>${tally.retried}</td><td>${span(tally.longestGap)}</td><td>${span(tally.slowest)}</td></tr>`,
  )
  return `<div class="scroll"><table><thead><tr><th scope="col">client</th><th class="words" scope="col">what it does</th><th scope="col">sent</th><th scope="col">lost</th><th scope="col">asked again</th><th scope="col">longest gap</th><th scope="col">slowest</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`
}

const WORDS: Readonly<Record<Shape, string>> = {
  connection: 'every request on a connection of its own',
  'keep-alive': 'a few kept connections, used in turn; asks once more when a used one has ended before the answer began',
  slow: 'an answer that takes a second, so that some are in flight at every moment',
  stream: 'long streams, ten lines a second; every line counts as a request',
}

function figuresRow({ run, requests, lost, reached, ...figures }: Figures): string {
  const kept = figures.lastKept === 'stays' ? 'they stay' : span(figures.lastKept)
  const times = [seconds(figures.seconds), seconds(figures.untilProven), span(figures.proof), span(figures.firstNew), span(figures.lastOld), kept]
  const asked = requests === 0 ? '<td>-</td><td>-</td>' : `<td>${count(requests)}</td>${lostCell(lost)}`
  const cause = run.cause === undefined ? '' : `: ${escape(run.cause.name)}`
  const met = run.ending === 'refused' ? lostCell(reached) : '<td>-</td>'
  return `<tr><th scope="row">${escape(run.chapter.name)}</th><td class="words">${escape(run.ending)}${cause}</td>${times.map((time) => `<td>${time}</td>`).join('')}${asked}${met}</tr>`
}

/** A count that must be 0. */
function lostCell(value: number): string {
  return value === 0 ? '<td>0</td>' : `<td class="bad">${count(value)}</td>`
}
