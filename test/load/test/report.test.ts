import { describe, expect, test } from 'vitest'
import type { LoadEnd, LoadRecord } from '../src/record.ts'
import { reportOf, tallyLine } from '../src/report.ts'

const end: LoadEnd = { sent: 0, ended: 'stopped', late: 1 }
const connection = (at: number, version: string, more: Partial<LoadRecord> = {}): LoadRecord => ({ at, took: 5, shape: 'connection', version, ...more })
const slow = (at: number, version: string): LoadRecord => ({ at, took: 1000, shape: 'slow', version })
const refused = (at: number): LoadRecord => ({ at, took: 1, shape: 'connection', lost: 'refused', error: 'connection refused' })
const cut = (at: number): LoadRecord => ({ at, took: 40, shape: 'stream', version: '1', lost: 'cut', error: 'EOF' })

describe('reportOf', () => {
  test('counts per shape and in all, whatever the order of records', () => {
    const records = [slow(100, '1'), connection(120, '2'), connection(100, '1'), refused(110), connection(130, '2', { retried: true, took: 7 }), cut(90)]
    const { all, shapes } = reportOf(records, end)
    const first = { at: 120, done: 125 }
    const last = { at: 130, done: 137 }
    const connections = {
      sent: 4,
      lost: 1,
      byClass: { refused: 1 },
      retried: 1,
      longestGap: 20,
      slowest: 7,
      versions: { '1': { count: 1, first: { at: 100, done: 105 }, last: { at: 100, done: 105 } }, '2': { count: 2, first, last } },
    }
    const slowOne = { at: 100, done: 1100 }
    expect(shapes).toEqual({
      connection: connections,
      slow: { sent: 1, lost: 0, byClass: {}, retried: 0, longestGap: 0, slowest: 1000, versions: { '1': { count: 1, first: slowOne, last: slowOne } } },
      stream: { sent: 1, lost: 1, byClass: { cut: 1 }, retried: 0, longestGap: 0, slowest: 0, versions: {} },
    })
    expect(all).toEqual({
      sent: 6,
      lost: 2,
      byClass: { refused: 1, cut: 1 },
      retried: 1,
      longestGap: 20,
      slowest: 1000,
      versions: { '1': { count: 2, first: { at: 100, done: 105 }, last: slowOne }, '2': { count: 2, first, last } },
    })
  })

  test('measures a gap between ends of good answers of one shape only', () => {
    const records = [connection(0, '1'), refused(40), connection(100, '1', { took: 50 }), slow(-960, '1')]
    expect(reportOf(records, end).all.longestGap).toBe(145)
  })

  test('of nothing is nothing', () => {
    const report = reportOf([], end)
    expect({ all: report.all, shapes: report.shapes, bins: report.bins(100) }).toEqual({
      all: { sent: 0, lost: 0, byClass: {}, retried: 0, longestGap: 0, slowest: 0, versions: {} },
      shapes: {},
      bins: [],
    })
  })
})

describe('wrongVersion', () => {
  test.each([
    ['an answer of the old version to a request due later', connection(201, '1'), 1],
    ['a bad answer of the old version as well', connection(201, '1', { lost: 'status' }), 1],
    ['no request due at that moment or before', connection(200, '1'), 0],
    ['no answer of the new version', connection(201, '2'), 0],
    ['no request nobody answered', refused(201), 0],
    ['no other shape, which may stay on its connection', slow(201, '1'), 0],
  ])('counts %s', (_, record, expected) => {
    expect(reportOf([record], end).wrongVersion(200, '1')).toBe(expected)
  })
})

describe('bins', () => {
  test('slices by when requests were due, empty slices included', () => {
    const records = [connection(350, '2'), connection(100, '1'), refused(149), connection(199.9, '2', { took: 900 }), connection(101, '1')]
    expect(reportOf(records, end).bins(100)).toEqual([
      { from: 100, versions: { '1': 2, '2': 1 }, lost: 1 },
      { from: 200, versions: {}, lost: 0 },
      { from: 300, versions: { '2': 1 }, lost: 0 },
    ])
  })

  test('refuses a width that ends nowhere', () => {
    expect(() => reportOf([connection(1, '1')], end).bins(0)).toThrow('expected a width of more than 0 ms, got 0')
  })
})

describe('tallyLine', () => {
  test.each([
    [{ sent: 4000, lost: 0, byClass: {} }, 'sent 4000, lost 0'],
    [{ sent: 4000, lost: 3, byClass: { cut: 1, refused: 2 } as const }, 'sent 4000, lost 3 (2 refused, 1 cut)'],
  ])('says of %o', (tally, expected) => {
    expect(tallyLine(tally)).toBe(expected)
  })
})
