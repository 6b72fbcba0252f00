import type { Run, RunStep } from '../run.ts'
import { seconds } from '../units.ts'
import { at, escape } from './markup.ts'
import type { Area, Scale } from './scale.ts'

/** Height of one lane, with the room below it. */
export const LANE = 34
const BAR = 20
/** How wide one letter of a label is, roughly. */
const LETTER = 5.6
const THINNEST = 2

/** What fits into a bar, by the type of its step. */
const LABELS: Readonly<Record<string, string>> = {
  await: 'until healthy',
  check: 'check',
  settle: 'settle',
  soak: 'soak',
  retire: 'drain',
  empty: 'empty',
}

/** One lane per run, with every step of its plan where it happened. */
export function lanesOf(runs: readonly Run[], { area, x }: { readonly area: Area; readonly x: Scale }): string {
  return runs.map((run, index) => lane(run, area.top + index * LANE, { area, x })).join('\n')
}

function lane(run: Run, top: number, { area, x }: { readonly area: Area; readonly x: Scale }): string {
  const { chapter, ending, began, ended, steps } = run
  const middle = top + BAR / 2
  const reached = steps.filter(({ at }) => at !== undefined)
  // Steps of a few milliseconds stand last, so that none of them is hidden behind a long one.
  const bars = reached.toSorted((one, other) => other.seconds - one.seconds).map((step) => bar(step, top, x))
  return [
    `<g><title>${escape(`${chapter.name}: ${chapter.title}; ${ending} after ${seconds((ended - began) / 1_000)}`)}</title>`,
    `<text class="lane" x="${area.left - 12}" y="${at(middle + 4)}" text-anchor="end"><tspan class="name">${escape(chapter.name)}</tspan> ${escape(ending)}</text>`,
    `<line class="grid" x1="${area.left}" x2="${area.right}" y1="${at(middle)}" y2="${at(middle)}"/>`,
    ...bars,
    '</g>',
  ].join('')
}

function bar(step: RunStep, top: number, x: Scale): string {
  const from = step.at ?? 0
  const left = x(from)
  const width = Math.max(THINNEST, x(from + step.seconds * 1_000) - left)
  const isThin = width <= THINNEST
  const look = ['step', step.type, ...(isThin ? ['thin'] : []), ...(step.isWayBack ? ['back'] : []), ...(step.state === 'failed' ? ['failed'] : [])].join(' ')
  const [grow, label] = [step.type === 'move' ? 5 : 0, labelOf(step, width)]
  return [
    `<g class="${escape(look)}"><rect x="${at(left)}" y="${at(top - grow)}" width="${at(width)}" height="${BAR + 2 * grow}" rx="${isThin ? 0 : 2}"/>`,
    label === '' ? '' : `<text x="${at(left + width / 2)}" y="${at(top + BAR / 2 + 3.5)}" text-anchor="middle">${escape(label)}</text>`,
    `<title>${escape(titleOf(step))}</title></g>`,
  ].join('')
}

/** The longest of its names that fits. */
function labelOf({ number, type, state }: RunStep, width: number): string {
  const mark = state === 'failed' ? '✕ ' : ''
  const name = LABELS[type]
  const named = name === undefined ? [] : [`${mark}${number} ${name}`, `${mark}${name}`]
  const wanted = [...named, `${mark}${number}`, ...(mark === '' ? [] : ['✕'])]
  return wanted.find((text) => text.length * LETTER + 5 <= width) ?? ''
}

function titleOf({ number, text, state, seconds: took, result, isWayBack }: RunStep): string {
  const end = state === 'failed' ? 'FAILED' : 'done'
  return `${isWayBack ? 'way back, ' : ''}step ${number}: ${text}\n${end} in ${took < 0.1 ? `${Math.round(took * 1_000)} ms` : seconds(took)}: ${result}`
}
