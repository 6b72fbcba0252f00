import { ManualClock } from '@fairlead/base/testing'
import { describe, expect, test } from 'vitest'
import { GRACE, withGrace, type Ending } from '../../src/execute/grace.ts'

interface Bench {
  readonly clock: ManualClock
  readonly stop: AbortController
  readonly work: PromiseWithResolvers<string>
  readonly ended: Promise<Ending<string>>
}

function bench(): Bench {
  const clock = new ManualClock()
  const stop = new AbortController()
  const work = Promise.withResolvers<string>()
  return { clock, stop, work, ended: withGrace(work.promise, { clock, signal: stop.signal }) }
}

describe('withGrace', () => {
  test('answers what the work answers', async () => {
    const { work, ended } = bench()
    work.resolve('done')
    expect(await ended).toEqual({ type: 'ended', value: 'done' })
  })

  test('hears a write out that ends within its grace', async () => {
    const { clock, stop, work, ended } = bench()
    stop.abort()
    await clock.advance(GRACE - 1)
    work.resolve('written')
    expect(await ended).toEqual({ type: 'ended', value: 'written' })
  })

  test('gives up what takes longer', async () => {
    const { clock, stop, ended } = bench()
    stop.abort()
    await clock.advance(GRACE)
    expect(await ended).toEqual({ type: 'given up' })
  })

  test('hands on what was thrown', async () => {
    const { work, ended } = bench()
    work.reject(new Error('no'))
    expect(await ended).toEqual({ type: 'threw', error: new Error('no') })
  })
})
