import { join } from 'node:path'
import { runBundle } from '@fairlead/bundle'
import { endedLine, planLines } from './frame.ts'
import { manifestOf } from './manifest.ts'
import { fit, type Paint } from './paint.ts'
import { NAMESPACE } from './place.ts'
import { follow, NOTHING_YET, runningStep, type Progress } from './progress.ts'
import type { Rates } from './rates.ts'
import { readRun, type Run } from './run.ts'
import type { Chapter } from './story.ts'
import { span } from './units.ts'
import type { View } from './view.ts'

const ACTIONS = join(import.meta.dirname, '../actions')
/** Milliseconds between two frames. */
const FRAME = 200

/** Where a chapter is shown. */
export interface Stage {
  readonly view: View
  readonly rates: Rates
  readonly paint: Paint
}

/** Runs the committed bundle of the chapter's action as the runner does, and shows how it goes. */
export async function playChapter(chapter: Chapter, stage: Stage): Promise<Run> {
  const { view, rates, paint } = stage
  const head = (mark: string) => `${mark} ${chapter.name}: ${chapter.title}`
  const began = Date.now()
  const before = rates.totals
  let progress = NOTHING_YET
  const title = `${chapter.name}: ${chapter.title}`
  if (!view.isLive) view.print('', title)
  view.show((width) => ['', paint(fit(`▸ ${title}`, width), 'bold'), ...planLines(progress, { now: Date.now(), width, paint }), ...loadLines(stage, width)])
  const timer = setInterval(() => view.redraw(), FRAME)
  try {
    const record = await runBundle({
      action: join(ACTIONS, chapter.action),
      inputs: { app: 'shop', namespace: NAMESPACE, ...chapter.inputs },
      environment: { KUBECONFIG: process.env['KUBECONFIG'] ?? '' },
      ...(chapter.change === undefined
        ? {}
        : { workspace: { 'shop.yaml': await manifestOf({ name: chapter.name, story: chapter.title, spoil: chapter.change }) } }),
      onLine(line) {
        const next = follow(progress, line, Date.now())
        if (!view.isLive) view.print(...newlyEnded(progress, next, view.width))
        progress = next
      },
    })
    const run = readRun(chapter, record, { began, ended: Date.now() })
    view.show(undefined)
    if (view.isLive) view.print('', paint(head(run.ending === chapter.ending ? '✓' : '✗'), 'bold'))
    view.print(...verdictLines(run, view.width, paint), paint(`  ${totalsLine(run, before, rates.totals)}`, 'dim'))
    if (run.ending !== chapter.ending) view.print('', ...record.log.slice(-40).map((line) => `  | ${line}`))
    return run
  } finally {
    clearInterval(timer)
    view.show(undefined)
  }
}

function loadLines({ rates, paint }: Stage, width: number): readonly string[] {
  const { sent, lost } = rates.totals
  if (sent === 0) return []
  const totals = `  sent ${sent}, lost ${lost}`
  return ['', ...rates.lines(Date.now(), Math.min(60, width - 25)).map((line) => `  ${line}`), lost === 0 ? totals : paint(totals, 'red')]
}

/** A line for each step that has ended since. */
function newlyEnded(before: Progress, now: Progress, width: number): readonly string[] {
  const running = runningStep(before)
  if (running === undefined) return []
  const ended = now.steps.filter(({ number, isWayBack, state }) => number === running.number && isWayBack === running.isWayBack && state !== 'running')
  return ended.map((step) => endedLine(step, width))
}

/** What came out, with the cause and its log line where it was refused. */
function verdictLines({ verdict, cause, ending, chapter }: Run, width: number, paint: Paint): readonly string[] {
  const look = ending === chapter.ending ? (ending === 'refused' ? 'yellow' : 'green') : 'red'
  const log = cause?.log === undefined ? [] : [`its log: ${cause.log}`]
  return [...wrap(verdict, width - 4).map((line) => paint(`  ${line}`, look)), ...log.flatMap((line) => wrap(line, width - 4)).map((line) => `  ${line}`)]
}

function totalsLine(run: Run, before: Rates['totals'], after: Rates['totals']): string {
  const [sent, lost] = [after.sent - before.sent, after.lost - before.lost]
  const took = `${((run.ended - run.began) / 1_000).toFixed(1)}s in all`
  const proof = run.proof === undefined ? '' : `, move proven in ${span(run.proof)}`
  return `${took}${proof}${sent === 0 ? '' : `; meanwhile sent ${sent}, lost ${lost}`}`
}

/** Breaks text into lines of at most that width, at spaces where there are any. */
function wrap(text: string, width: number): readonly string[] {
  if (text.length <= width) return [text]
  const space = text.lastIndexOf(' ', width)
  const at = space > 0 ? space : width
  return [text.slice(0, at), ...wrap(text.slice(at).trimStart(), width)]
}
