import type { LoadRecord } from '@fairlead/load'
import type { Run } from './run.ts'

/** What was measured of one chapter. Milliseconds are counted from the moment the pointer was about to be written. */
export interface Figures {
  readonly run: Run
  readonly seconds: number
  /** Seconds from the start of the action to the proof of its move. */
  readonly untilProven?: number
  /** Milliseconds from the write to its proof, by the action's own report. */
  readonly proof?: number
  /** First answer of the new version on a connection made for it. */
  readonly firstNew?: number
  /** Last answer of the old version on a connection made for it. */
  readonly lastOld?: number
  /** Last answer of the old version at all: kept connections, slow answers and streams stay where they are. `stays` when it was never taken away. */
  readonly lastKept?: number | 'stays'
  /** Requests that were due meanwhile. */
  readonly requests: number
  readonly lost: number
  /** Requests that reached a version that was refused, whatever it said. */
  readonly reached: number
}

/** Reduces what users saw to figures, one record per chapter. `records` may be in any order. */
export function figuresOf(runs: readonly Run[], records: readonly LoadRecord[]): readonly Figures[] {
  return runs.map((run, index) => {
    const meanwhile = records.filter(({ at }) => at >= run.began && at < run.ended)
    return {
      run,
      seconds: (run.ended - run.began) / 1_000,
      ...moveFigures(run, records, nextMove(runs.slice(index + 1))),
      requests: meanwhile.length,
      lost: meanwhile.filter(({ lost }) => lost !== undefined).length,
      reached: run.ending === 'refused' ? records.filter(({ version }) => version === run.chapter.version).length : 0,
    }
  })
}

/** What did not come out as the story has it; empty when everything did. */
export function complaintsOf(figures: readonly Figures[], chapters: number): readonly string[] {
  const told = figures.flatMap(({ run, reached }) => [
    ...(run.ending === run.chapter.ending ? [] : [`${run.chapter.name}: expected it to be ${run.chapter.ending}, got ${run.ending}: ${run.verdict}`]),
    ...(run.cause?.name === run.chapter.cause
      ? []
      : [`${run.chapter.name}: expected the cause ${run.chapter.cause ?? 'none'}, got ${run.cause?.name ?? 'none'}`]),
    ...(reached === 0 ? [] : [`${run.chapter.name}: expected no request to reach it, got ${reached}`]),
    ...wayBackComplaint(run),
  ])
  return figures.length === chapters ? told : [...told, `the story: expected ${chapters} chapters, got ${figures.length}`]
}

/** One write to traffic and no Pod to wait for: what a warm standby is for. */
function wayBackComplaint({ chapter, steps }: Run): readonly string[] {
  if (chapter.ending !== 'rolled back') return []
  const touching = steps.filter(({ type }) => type === 'move' || type === 'scale').map(({ type }) => type)
  return touching.join() === 'move' ? [] : [`${chapter.name}: expected one move and nothing else, got ${touching.join(', ') || 'none'}`]
}

type MoveFigures = Pick<Figures, 'untilProven' | 'proof' | 'firstNew' | 'lastOld' | 'lastKept'>

function moveFigures(run: Run, records: readonly LoadRecord[], until: number): MoveFigures {
  const [move, prove] = [moveOf(run), run.steps.find(({ type, state }) => type === 'prove' && state === 'done')]
  if (move === undefined) return {}
  const good = records.filter(({ lost, at, took }) => lost === undefined && at + took >= move && at < until)
  const done = (version: string | undefined, isNew: boolean) =>
    good.filter((record) => record.version === version && (!isNew || record.shape === 'connection')).map(({ at, took }) => at + took - move)
  const [news, olds, kept] = [done(run.chapter.version, true), done(run.chapter.before, true), done(run.chapter.before, false)]
  const isWarm = run.chapter.inputs['standby'] === 'warm'
  return {
    ...(prove?.at === undefined ? {} : { untilProven: (prove.at - run.began) / 1_000 + prove.seconds }),
    ...(run.proof === undefined ? {} : { proof: run.proof }),
    // Before the first version nobody asks: what is new then is the asking.
    ...(news.length === 0 || run.chapter.before === undefined ? {} : { firstNew: smallest(news) }),
    ...(olds.length === 0 ? {} : { lastOld: greatest(olds) }),
    ...(kept.length === 0 ? {} : { lastKept: isWarm ? 'stays' : greatest(kept) }),
  }
}

/** When traffic was moved, in Unix milliseconds; undefined when it was not. */
export function moveOf({ steps }: Run): number | undefined {
  return steps.find(({ type, at }) => type === 'move' && at !== undefined)?.at
}

function nextMove(runs: readonly Run[]): number {
  return runs.map(moveOf).find((at) => at !== undefined) ?? Infinity
}

function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity)
}

function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity)
}
