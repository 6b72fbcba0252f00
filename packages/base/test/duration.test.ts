import { describe, expect, test } from 'vitest'
import { formatDuration, parseDuration, systemClock } from '../src/index.ts'

describe('parseDuration', () => {
  test.each([
    ['0', 0],
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    [' 2d ', 172_800_000],
    ['35d', 3_024_000_000],
  ])('reads %j', (text, expected) => {
    expect(parseDuration(text)).toBe(expected)
  })

  test.each(['', '10', '10 m', '-5s', '5x', 's', '1e3s', '10m!', '36d', '٣s'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})

describe('formatDuration', () => {
  test.each([
    [-1, '0s'],
    [0, '0s'],
    [0.2, '1ms'],
    [350, '350ms'],
    [4_000, '4s'],
    [4_230, '4.2s'],
    [9_960, '10s'],
    [30_000, '30s'],
    [125_000, '2m05s'],
    [600_000, '10m'],
    [3_720_000, '1h02m'],
  ])('writes %d ms', (value, expected) => {
    expect(formatDuration(value)).toBe(expected)
  })
})

describe('systemClock.sleep', () => {
  test('does not wake at once from a sleep longer than a timer can count', async () => {
    const controller = new AbortController()
    const ended = systemClock.sleep(35 * 86_400_000, controller.signal).then(
      () => 'woke up',
      () => 'aborted',
    )
    await systemClock.sleep(20)
    controller.abort(new Error('enough'))
    expect(await ended).toBe('aborted')
  })
})
