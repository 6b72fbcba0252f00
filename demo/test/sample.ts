import type { LoadRecord } from '@fairlead/load'
import type { Run, RunStep } from '../run.ts'
import type { Chapter } from '../story.ts'

/** A chapter that releases version 2 over version 1. */
export const CHAPTER: Chapter = { name: 'version 2', title: 'a new one', action: 'deploy-bluegreen', inputs: {}, version: '2', before: '1', ending: 'released' }

/** A step that was done. */
export function stepOf(change: Partial<RunStep>): RunStep {
  return { number: 1, type: 'begin', text: 'begin', state: 'done', at: 1_000, seconds: 0, result: 'well', isWayBack: false, ...change }
}

/** A run of two steps: moved 400 ms after its beginning, proven 7 ms later. */
export function runOf(change: Partial<Run> = {}): Run {
  return {
    chapter: CHAPTER,
    ending: 'released',
    verdict: 'Released',
    began: 1_000,
    ended: 3_000,
    proof: 7,
    steps: [
      stepOf({ number: 1, type: 'move', text: 'move', at: 1_400, seconds: 0.02 }),
      stepOf({ number: 2, type: 'prove', text: 'prove', at: 1_420, seconds: 0.007 }),
    ],
    ...change,
  }
}

/** A good answer on a connection of its own. */
export function answer(at: number, version: string, change: Partial<LoadRecord> = {}): LoadRecord {
  return { at, took: 10, shape: 'connection', version, ...change }
}
