import { describe, expect, test } from 'vitest'
import { olderGood, shedBetween, withAccepted, withReturn, type Accepted, type Journal } from '../../src/index.ts'

const entry = (number: number, ...config: readonly string[]): Accepted => ({
  release: { number, identity: `i${number}`, images: [], config: config.map((name) => ({ kind: 'ConfigMap' as const, name })) },
  at: '2026-01-01T00:00:00.000Z',
})
const TEN = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((number) => entry(number))
const numbers = (history: readonly Accepted[]) => history.map(({ release }) => release.number)
const journal = (history: readonly Accepted[], more: Partial<Journal> = {}): Journal => ({ format: 1, token: 1, last: 11, history, ...more })

describe('withAccepted', () => {
  test('puts the newest first and keeps ten', () => {
    expect(numbers(withAccepted(TEN, entry(11)))).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2])
  })

  test('leaves one that is in it where it is', () => {
    expect(numbers(withAccepted(TEN, entry(4)))).toEqual(numbers(TEN))
  })
})

describe('withReturn', () => {
  test('marks what was left, and clears what serves again', () => {
    const history = withReturn([entry(3), { ...entry(2), bad: 'slow' }, entry(1)], { left: 3, to: 2, reason: 'wrong' })
    expect(history.map(({ bad }) => bad)).toEqual(['wrong', undefined, undefined])
  })
})

describe('olderGood', () => {
  test('is what was accepted before, and not rolled back from', () => {
    const history = [entry(4), entry(3), { ...entry(2), bad: 'slow' }, entry(1)]
    expect(numbers(olderGood({ history, active: { backend: { type: 'slot', slot: 'blue' }, release: entry(3).release } }))).toEqual([1])
  })
})

describe('shedBetween', () => {
  const before = journal([entry(2, 'b', 'shared'), entry(1, 'a', 'shared', 'served')])
  const served = { backend: { type: 'slot', slot: 'blue' }, release: entry(9, 'served').release } as const
  const CASES: readonly (readonly [name: string, more: Partial<Journal>, config: readonly string[]])[] = [
    ['nobody else', {}, ['a', 'served']],
    ['what serves', { active: served }, ['a']],
    ['what served before', { previous: served }, ['a']],
    ['what is on its way', { rollout: { release: served.release, slot: 'blue', created: [], step: '', state: 'running', moving: false } }, ['a']],
  ]

  test.for(CASES)('lets configuration go that is needed by %s', ([, more, config]) => {
    const shed = shedBetween(before, journal([entry(2, 'b', 'shared')], more))
    expect([shed.releases, shed.config.map(({ name }) => name)]).toEqual([[1], config])
  })
})
