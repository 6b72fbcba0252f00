import { describe, expect, test } from 'vitest'
import { backoff, deadlineIn, retry } from '../src/index.ts'
import { ManualClock } from '../src/testing/index.ts'

describe('retry', () => {
  test('repeats until the attempt succeeds, pausing as told', async () => {
    const clock = new ManualClock()
    const moments: number[] = []
    const result = retry(
      async (number) => {
        moments.push(clock.now())
        if (number < 3) throw new Error('not yet')
        return number
      },
      { clock, deadline: deadlineIn(clock, 10_000), pause: (_, attempt) => attempt * 100 },
    )
    await clock.advance(1_000)
    expect(await result).toBe(3)
    expect(moments).toEqual([0, 100, 300])
  })

  test('rethrows the original error when it is final', async () => {
    const clock = new ManualClock()
    const error = new Error('no')
    await expect(retry(() => Promise.reject(error), { clock, deadline: deadlineIn(clock, 1_000), pause: () => undefined })).rejects.toBe(error)
  })

  test('gives up instead of sleeping past the deadline', async () => {
    const clock = new ManualClock()
    const error = new Error('no')
    await expect(retry(() => Promise.reject(error), { clock, deadline: deadlineIn(clock, 50), pause: () => 50 })).rejects.toBe(error)
    expect(clock.now()).toBe(0)
  })

  test('ends during a pause when aborted', async () => {
    const clock = new ManualClock()
    const controller = new AbortController()
    const result = retry(() => Promise.reject(new Error('no')), { clock, deadline: deadlineIn(clock, 1_000), pause: () => 500, signal: controller.signal })
    result.catch(() => undefined)
    await clock.advance(10)
    controller.abort(new Error('stopped'))
    await expect(result).rejects.toThrow('stopped')
  })
})

describe('backoff', () => {
  test('doubles up to the most, spread by a quarter', () => {
    const middle = (attempt: number) => backoff(attempt, { first: 100, most: 1_000, random: () => 0.5 })
    expect([1, 2, 3, 4, 5, 6].map(middle)).toEqual([100, 200, 400, 800, 1_000, 1_000])
    expect(backoff(1, { first: 100, most: 1_000, random: () => 0 })).toBe(75)
    expect(backoff(1, { first: 100, most: 1_000, random: () => 1 })).toBe(125)
  })
})
