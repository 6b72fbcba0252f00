import { describe, expect, test } from 'vitest'
import { Rates } from '../rates.ts'
import { answer } from './sample.ts'

describe('Rates', () => {
  test('draws a bar every half second, the newest that is complete at the right', () => {
    const rates = new Rates()
    for (const at of [0, 100, 200, 300, 500, 600, 1_400]) rates.add(answer(at, '1'))
    rates.add(answer(600, '2'))
    expect(rates.lines(1_500, 3)).toEqual(['version 1  █▄▂    3/s', 'version 2   ▂     1/s'])
  })

  test('leaves out a version that has not answered lately', () => {
    const rates = new Rates()
    rates.add(answer(0, '1'))
    expect(rates.lines(60_000, 10)).toEqual([])
  })

  test('counts what was lost without calling it an answer', () => {
    const rates = new Rates()
    rates.add(answer(0, '1', { lost: 'status' }))
    expect({ totals: rates.totals, lines: rates.lines(1_000, 2) }).toEqual({ totals: { sent: 1, lost: 1 }, lines: [] })
  })
})
