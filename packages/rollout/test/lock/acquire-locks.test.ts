import { milliseconds } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { acquireLocks } from '../../src/lock/index.ts'
import { Arena, FREE, OURS, Pending, THEIRS } from './arena.ts'

describe('acquireLocks', () => {
  test('takes locks in the order of their names and answers them in the given one, with one request each', async () => {
    const arena = new Arena()
    const requests = await Promise.all(['web', 'Zoo', 'api'].map((app) => arena.request({ app, seen: FREE })))
    const locks = await acquireLocks(requests, arena.world())
    expect(arena.cluster.script.requests.map(({ verb, name }) => [verb, name])).toEqual([
      ['update', 'fairlead.Zoo'],
      ['update', 'fairlead.api'],
      ['update', 'fairlead.web'],
    ])
    expect(locks.map(({ app }) => app)).toEqual(['web', 'Zoo', 'api'])
    await Promise.all(locks.map((lock) => lock.release()))
  })

  test('gives back those it got when one is not to be had, and waits no longer for all than for one', async () => {
    const arena = new Arena()
    const api = await arena.take({ app: 'api', holder: THEIRS })
    const web = await arena.take({ app: 'web', holder: THEIRS })
    const requests = await Promise.all(['web', 'api', 'a'].map((app) => arena.request({ app, timeout: milliseconds(60_000) })))
    const pending = new Pending(acquireLocks(requests, arena.world()))
    await arena.clock.advance(40_000)
    await api.release()
    await arena.clock.advance(19_000)
    expect(pending.fault).toBe(undefined)
    expect(await Promise.all(['a', 'api'].map((app) => arena.spec(app)))).toMatchObject([{ holderIdentity: OURS }, { holderIdentity: OURS }])
    await arena.clock.advance(1_001)
    expect(pending.fault).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('the lock of web is held by another run') })
    expect(await Promise.all(['a', 'api', 'web'].map((app) => arena.spec(app)))).toMatchObject([
      { holderIdentity: '' },
      { holderIdentity: '' },
      { holderIdentity: THEIRS },
    ])
    await web.release()
  })

  test('lets one expire that it took from somebody when another is not to be had: whoever comes next must know that there is somebody to fence off', async () => {
    const arena = new Arena()
    arena.held('release')
    const zoo = await arena.take({ app: 'zoo', holder: THEIRS, purpose: 'rollback' })
    const requests = await Promise.all(['zoo', 'web'].map((app) => arena.request({ app, purpose: 'rollback', timeout: milliseconds(30_000) })))
    const pending = new Pending(acquireLocks(requests, arena.world()))
    await arena.clock.advance(30_000)
    expect(pending.fault?.code).toBe('CONFLICT')
    const next = await arena.begin({ holder: 'ann@laptop #cccc' })
    await arena.clock.advance(60_000)
    expect(next.value).toMatchObject({ overtaken: OURS, token: 9 })
    await next.value?.release()
    await zoo.release()
  })

  test('stops waiting when one it has got is taken away', async () => {
    const arena = new Arena()
    const web = await arena.take({ app: 'web', holder: THEIRS })
    const requests = await Promise.all(['web', 'api'].map((app) => arena.request({ app })))
    const pending = new Pending(acquireLocks(requests, arena.world()))
    await arena.clock.advance(5_000)
    const rollback = await arena.take({ app: 'api', holder: 'ann@laptop #cccc', purpose: 'rollback' })
    await arena.clock.advance(15_000)
    expect(pending.fault).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('the lock of api was taken away') })
    expect(await arena.spec('api')).toMatchObject({ holderIdentity: 'ann@laptop #cccc', leaseTransitions: 2 })
    await rollback.release()
    await web.release()
  })
})
