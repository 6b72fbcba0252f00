import { describe, expect, test } from 'vitest'
import { figuresOf } from '../figures.ts'
import { tableOf } from '../table.ts'
import { count, span } from '../units.ts'
import { answer, CHAPTER, runOf } from './sample.ts'

describe('tableOf', () => {
  test('aligns every column and stays within 96', () => {
    const refused = runOf({
      chapter: { ...CHAPTER, name: 'version 3', version: '3', ending: 'refused' },
      ending: 'refused',
      steps: [],
      began: 3_000,
      ended: 14_250,
    })
    const figures = figuresOf([runOf(), refused], [answer(1_390, '1'), answer(1_425, '2'), answer(3_100, '2', { lost: 'reset' })])
    const lines = tableOf(figures)
    expect(lines).toEqual([
      '           verdict     took  proven  proof  first  last  kept  sent  lost  reached',
      'version 2  released   2.0 s   0.4 s   7 ms  35 ms  0 ms  0 ms     2     0        -',
      'version 3  refused   11.3 s       -      -      -     -     -     1     1        0',
    ])
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(96)
  })
})

describe('units', () => {
  test('tells short times in milliseconds and long ones in seconds', () => {
    expect([undefined, -3.2, 7.4, 99.4, 530, 999, 13_240].map(span)).toEqual(['-', '-3 ms', '7 ms', '99 ms', '0.53 s', '1.00 s', '13.2 s'])
  })

  test('groups the digits of a count', () => {
    expect([0, 999, 1_000, 1_234_567].map(count)).toEqual(['0', '999', '1 000', '1 234 567'])
  })
})
