import { reportOf, type LoadRecord } from '@fairlead/load'
import { describe, expect, test } from 'vitest'
import { figuresOf } from '../figures.ts'
import { pageOf } from '../page/page.ts'
import type { Run } from '../run.ts'
import { answer, CHAPTER, runOf, stepOf } from './sample.ts'

const GOOD = Array.from({ length: 40 }, (_, index) => answer(1_000 + index * 50, index < 10 ? '1' : '2'))

function page(runs: readonly Run[], records: readonly LoadRecord[], complaints: readonly string[] = []): string {
  const report = reportOf(records, { sent: records.length, ended: 'stopped', late: 1 })
  return pageOf({ figures: figuresOf(runs, records), report, complaints, rate: 10, quick: { soak: '3s', drain: '5s' } })
}

describe('pageOf', () => {
  test('loads nothing from anywhere and runs no script', () => {
    expect(page([runOf()], GOOD)).not.toMatch(/<script|<link|<img|@import|url\(|https?:|src=/)
  })

  test('draws one layer for each version that answered', () => {
    expect([...page([runOf()], GOOD).matchAll(/<title>version (\d): (\d+) answers/g)].map(([, version, answers]) => [version, answers])).toEqual([
      ['1', '10'],
      ['2', '25'],
    ])
  })

  test('marks every loss, and says why', () => {
    const lost = [answer(1_800, '1', { lost: 'reset', error: 'by <peer>' }), { at: 2_000, took: 5, shape: 'slow', lost: 'refused' } as const]
    const told = page([runOf()], [...GOOD, ...lost])
    expect([...told.matchAll(/<title>(lost after [^<]*)/g)].map(([, words]) => words)).toEqual([
      'lost after 0.80 s: reset, connection, version 1: by &lt;peer&gt;',
      'lost after 1.00 s: refused, slow',
    ])
    expect(told).toContain('<li class="bad"><strong>2 lost</strong>of 42 requests sent</li>')
  })

  test('says nothing about certainty once something was lost', () => {
    expect(page([runOf()], GOOD)).toContain('With none of 40 lost')
    expect(page([runOf()], [...GOOD, answer(2_000, '1', { lost: 'cut' })])).not.toContain('With none of')
  })

  test('shows every step of every plan where it happened, and the rest in its table', () => {
    const steps = [
      stepOf({ number: 1, text: 'wait', type: 'await', state: 'failed', seconds: 1, result: 'it "crashed"' }),
      { number: 2, text: 'move', type: 'move', state: 'not reached', seconds: 0, result: '', isWayBack: false } as const,
      stepOf({ number: 1, text: 'empty', type: 'empty', at: 2_000, seconds: 0.5, isWayBack: true }),
    ]
    const told = page([runOf({ chapter: { ...CHAPTER, ending: 'refused' }, ending: 'refused', steps })], GOOD)
    expect([...told.matchAll(/<title>((?:way back, )?step \d[^<]*)/g)].map(([, words]) => words)).toEqual([
      'step 1: wait\nFAILED in 1.0 s: it &quot;crashed&quot;',
      'way back, step 1: empty\ndone in 0.5 s: well',
    ])
    expect(told).toContain('<tr class="unreached"><th scope="row">2</th>')
    expect(told).not.toMatch(/>to version|NaN/)
  })

  test('begins with what did not come out as it must', () => {
    expect(page([runOf()], GOOD, ['version 2: "no"'])).toContain('<p class="complaint">Not as it must be: version 2: &quot;no&quot;</p>')
  })
})
