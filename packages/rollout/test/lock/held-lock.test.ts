import { Fault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { leaseReference, type Lock } from '../../src/lock/index.ts'
import { Arena, FREE, MINUTES, NAMESPACE, OURS, THEIRS } from './arena.ts'

const UNAVAILABLE = new Fault('UNAVAILABLE', 'https://fake.invalid:6443 could not be reached: connection refused')

/** What a caller learns of a lock that may be lost. */
function lossOf({ lost }: Lock): Fault | undefined {
  return lost.aborted ? (lost.reason as Fault) : undefined
}

describe('a lock that is held', () => {
  test('is renewed every fifteen seconds, each time with one request, so that nobody else gets it', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    const contender = await arena.begin({ holder: THEIRS })
    arena.forget()
    await arena.clock.advance(10 * MINUTES)
    expect(arena.cluster.script.requests.filter(({ verb }) => verb === 'update')).toHaveLength(40)
    expect([lossOf(lock), contender.value]).toEqual([undefined, undefined])
    expect(await arena.spec()).toMatchObject({
      holderIdentity: OURS,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:10:00.000000Z',
      leaseTransitions: 1,
    })
    await lock.release()
    await arena.clock.advance(1_500)
    await contender.value?.release()
    expect(contender.value?.token).toBe(2)
  })

  test('goes on when a renewal was applied and its reply lost', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    arena.cluster.script.fail({ verb: 'update' }, 'reply-lost')
    await arena.clock.advance(5 * MINUTES)
    expect(lossOf(lock)).toBe(undefined)
    await lock.release()
    expect(await arena.spec()).toMatchObject({ holderIdentity: '' })
  })

  test('goes on when renewals were not applied for less than forty-five seconds', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    await arena.clock.advance(14_000)
    arena.cluster.script.outage()
    await arena.clock.advance(28_000)
    arena.cluster.script.outage(false)
    await arena.clock.advance(5 * MINUTES)
    expect(lossOf(lock)).toBe(undefined)
    await lock.release()
  })

  test('goes on when somebody has written something beside', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    await arena.cluster.patch(leaseReference(NAMESPACE, 'web'), [{ op: 'add', path: '/metadata/annotations/note', value: 'x' }], { manager: 'other' })
    await arena.clock.advance(5 * MINUTES)
    expect(lossOf(lock)).toBe(undefined)
    await lock.release()
    expect((await arena.lease())?.metadata.annotations).toEqual({ note: 'x' })
  })

  test('is lost to a rollback that breaks it, and then leaves the other’s alone', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    const rollback = await arena.take({ holder: THEIRS, purpose: 'rollback', url: 'https://github.invalid/run' })
    expect(rollback.overtaken).toBe(OURS)
    await arena.clock.advance(15_000)
    expect(lossOf(lock)).toMatchObject({
      code: 'CONFLICT',
      message: `Lease "shop/fairlead.web": the lock of web was taken away, expected ${OURS} (token 1), got ${THEIRS}, for a rollback, since 2026-01-01T00:00:00.000000Z, https://github.invalid/run (token 2)`,
    })
    arena.forget()
    await lock.release()
    expect(arena.requests()).toEqual([])
    expect(await arena.spec()).toMatchObject({ holderIdentity: THEIRS, leaseTransitions: 2 })
    await rollback.release()
  })

  test('is lost to another that bears its name and came later', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    const later = await arena.take()
    await arena.clock.advance(15_000)
    expect([lossOf(lock)?.code, lossOf(later), later.token]).toEqual(['CONFLICT', undefined, 2])
    await lock.release()
    await later.release()
  })

  test.each([
    ['deleted', async (arena: Arena) => arena.cluster.delete(leaseReference(NAMESPACE, 'web')), 'got none: somebody has deleted it'],
    ['cleared', async (arena: Arena) => arena.write({ holderIdentity: '' }), 'got nobody: somebody has cleared it'],
    ['made strange', async (arena: Arena) => arena.write({ holderIdentity: 7 }), 'expected a holderIdentity that is text, got 7'],
  ])('is lost when somebody has %s the Lease, and does not make it again', async (_name, spoil, words) => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    await spoil(arena)
    const left = await arena.lease()
    await arena.clock.advance(15_000)
    expect(lossOf(lock)).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(words) })
    await lock.release()
    expect(await arena.lease()).toEqual(left)
  })

  test('is lost forty-five seconds after the last renewal that succeeded was sent, and says why it could not be renewed', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    await arena.clock.advance(20_000)
    arena.cluster.script.outage()
    await arena.clock.advance(39_999)
    expect(lossOf(lock)).toBe(undefined)
    await arena.clock.advance(1)
    expect(lossOf(lock)).toMatchObject({
      code: 'UNAVAILABLE',
      message:
        'Lease "shop/fairlead.web": the lock of web could not be renewed for 45s, expected the API server to answer, got https://fake.invalid:6443 could not be reached: connection refused',
    })
    await lock.release()
  })

  test('is lost before anybody else can have it: forty-five seconds count from when a renewal was sent, sixty from when one was seen', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    const contender = await arena.begin({ holder: THEIRS })
    const moments: string[] = []
    lock.lost.addEventListener('abort', () => moments.push('lost'))
    arena.cluster.script.intercept(({ verb, body }) => {
      if (verb !== 'update') return
      if (!JSON.stringify(body).includes(THEIRS)) throw UNAVAILABLE
      moments.push('taken')
    })
    await arena.clock.advance(60_000)
    expect([moments, contender.value?.overtaken]).toEqual([['lost', 'taken'], OURS])
    await contender.value?.release()
    await lock.release()
  })

  test('is lost when a renewal hangs, though the request never ends', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    arena.cluster.script.intercept(() => new Promise<void>(() => undefined))
    await arena.clock.advance(45_000)
    expect(lossOf(lock)?.code).toBe('UNAVAILABLE')
    const released = lock.release()
    await arena.clock.advance(3_000)
    await released
  })

  test('survives a renewal that hangs once: the next is sent on time', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    let hangs = 1
    arena.cluster.script.intercept(({ verb }) => (verb === 'update' && hangs-- > 0 ? new Promise<void>(() => undefined) : undefined))
    await arena.clock.advance(2 * MINUTES)
    expect(lossOf(lock)).toBe(undefined)
    await lock.release()
  })

  test('is renewed while its run is winding up after it was stopped', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    arena.stop.abort(new Fault('CANCELLED', 'stopped'))
    await arena.clock.advance(60_000)
    expect(lossOf(lock)).toBe(undefined)
    expect(await arena.spec()).toMatchObject({ renewTime: '2026-01-01T00:01:00.000000Z' })
    await lock.release()
  })
})

describe('release', () => {
  test('clears the holder with one request, keeps the token, and is done once', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE, url: 'https://github.invalid/run' })
    arena.forget()
    await Promise.all([lock.release(), lock.release()])
    await lock.release()
    expect(arena.requests()).toEqual(['update'])
    const lease = await arena.lease()
    expect(lease?.spec).toMatchObject({ holderIdentity: '', leaseTransitions: 1 })
    expect([lease?.metadata.annotations, lease?.metadata.labels]).toEqual([undefined, { 'fairlead.dev/app': 'web' }])
    expect(lock.lost.aborted).toBe(false)
  })

  test('sends nothing any more afterwards', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    await lock.release()
    arena.forget()
    await arena.clock.advance(10 * MINUTES)
    expect([arena.requests(), lock.lost.aborted]).toEqual([[], false])
  })

  test('leaves a lock alone that is somebody else’s by now', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    const rollback = await arena.take({ holder: THEIRS, purpose: 'rollback' })
    await lock.release()
    expect(await arena.spec()).toMatchObject({ holderIdentity: THEIRS, leaseTransitions: 2 })
    expect(arena.said.filter((line) => line.includes('could not'))).toEqual([])
    await rollback.release()
  })

  test('is made once more where a renewal came between', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    await arena.write({ renewTime: arena.microTime(1) })
    await lock.release()
    expect(await arena.spec()).toMatchObject({ holderIdentity: '', leaseTransitions: 1 })
  })

  test('is over after three seconds when the API server does not answer, and says that the lock expires', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    arena.cluster.script.intercept(() => new Promise<void>(() => undefined))
    const state = { done: false }
    const released = lock.release().then(() => void (state.done = true))
    await arena.clock.advance(2_999)
    expect(state.done).toBe(false)
    await arena.clock.advance(1)
    expect(state.done).toBe(true)
    await released
    expect(arena.said).toEqual(['the lock of web could not be given back, and expires by itself: the API server did not answer within 3s'])
  })

  test('does nothing after the lock was abandoned: it is renewed no more, and expires', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    arena.forget()
    lock.abandon()
    await lock.release()
    await arena.clock.advance(60_000)
    expect([arena.requests(), lock.lost.aborted]).toEqual([[], false])
    expect(await arena.spec()).toMatchObject({ holderIdentity: OURS, renewTime: '2026-01-01T00:00:00.000000Z' })
  })

  test('does not throw when the API server refuses', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE })
    arena.cluster.script.deny({ verb: 'update', resource: 'leases' })
    await lock.release()
    expect(arena.said).toEqual([expect.stringMatching(/^the lock of web could not be given back, and expires by itself: .*forbidden/i)])
  })
})
