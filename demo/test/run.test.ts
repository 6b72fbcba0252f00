import type { StepRecord } from '@fairlead/bundle'
import { describe, expect, test } from 'vitest'
import { readRun } from '../run.ts'
import { CHAPTER } from './sample.ts'

const TIMES = { began: 1_000, ended: 3_000 }

function recordOf({ details = {}, ...change }: Partial<StepRecord> & { readonly details?: object }): StepRecord {
  return {
    exitCode: 0,
    signal: undefined,
    log: ['Released after 2s'],
    raw: '',
    commands: [],
    milliseconds: 2_000,
    outputs: { conclusion: 'success', diagnosis: '[]', report: '/somewhere/temp/report.json' },
    state: {},
    summary: '',
    annotations: [],
    masks: [],
    temporaryFiles: [{ name: 'report.json', text: JSON.stringify({ details }), mode: '600' }],
    ...change,
  }
}

describe('readRun', () => {
  test('takes steps, their times and the proof from the report', () => {
    const prove = {
      number: 6,
      type: 'prove',
      step: 'prove it',
      state: 'done',
      at: '1970-01-01T00:00:02.000Z',
      seconds: 0.007,
      result: 'proven',
      proof: { proven: true, seconds: 0.0065 },
    }
    const run = readRun(CHAPTER, recordOf({ details: { steps: [prove], wayBack: null } }), TIMES)
    expect(run).toEqual({
      chapter: CHAPTER,
      ending: 'released',
      verdict: 'Released after 2s',
      ...TIMES,
      steps: [{ number: 6, type: 'prove', text: 'prove it', state: 'done', at: 2_000, seconds: 0.007, result: 'proven', isWayBack: false }],
      proof: 6.5,
    })
  })

  test('keeps the way back apart, and steps that were not reached without a time', () => {
    const step = { number: 1, type: 'empty', step: 'empty', state: 'not reached', at: null, seconds: 0, result: null }
    const { steps } = readRun(CHAPTER, recordOf({ details: { steps: [step], wayBack: [step] } }), TIMES)
    expect(steps).toEqual(
      [false, true].map((isWayBack) => ({ number: 1, type: 'empty', text: 'empty', state: 'not reached', seconds: 0, result: '', isWayBack })),
    )
  })

  test('names the cause of a refusal with the last line of its log', () => {
    const log = ['First cause: crash', '', 'Last lines of container shop in Pod shop-1:', '  | listening', '  | panic: no database', '', 'Refused']
    const diagnosis = JSON.stringify([{ cause: 'crash', message: 'Pod "demo/shop-1": container "shop" exited', target: 'Deployment "demo/shop"' }])
    const run = readRun(CHAPTER, recordOf({ exitCode: 1, log, outputs: { conclusion: 'failure', diagnosis } }), TIMES)
    expect(run).toMatchObject({ ending: 'refused', cause: { name: 'crash', message: 'Pod "demo/shop-1": container "shop" exited', log: 'panic: no database' } })
  })

  test.for([
    { name: 'a fault', change: { exitCode: 1, outputs: { conclusion: 'failure', fault: 'ACCESS_DENIED', diagnosis: '[{"cause":"x"}]' } } },
    { name: 'an end without a diagnosis', change: { exitCode: 1, outputs: { conclusion: 'failure', diagnosis: '[]' } } },
    { name: 'a signal', change: { exitCode: undefined, outputs: {} } },
    { name: 'a release that was there already', change: { outputs: { conclusion: 'unchanged', diagnosis: '[]' } } },
  ])('takes $name for no refusal', ({ change }) => {
    expect(readRun(CHAPTER, recordOf(change), TIMES).ending).toBe('failed')
  })
})
