import { Fault, milliseconds } from '@fairlead/base'
import { acquireLock, leaseReference, readLease, type LockPurpose } from '../../src/lock/index.ts'
import { describe, expect, test } from 'vitest'
import { Arena, FREE, MINUTES, NAMESPACE, OURS, Pending, THEIRS } from './arena.ts'

const UNAVAILABLE = new Fault('UNAVAILABLE', 'https://fake.invalid:6443 could not be reached: connection refused')

describe('acquireLock', () => {
  test('takes a lock that never was with one request, and says in the Lease who holds it and for what', async () => {
    const arena = new Arena()
    const lock = await arena.take({ seen: FREE, url: 'https://github.invalid/acme/shop/actions/runs/2' })
    expect(arena.requests()).toEqual(['update'])
    const { app, token, overtaken, undisturbed, lost } = lock
    expect({ app, token, overtaken, undisturbed, lost: lost.aborted }).toEqual({ app: 'web', token: 1, overtaken: undefined, undisturbed: true, lost: false })
    expect(await arena.lease()).toMatchObject({
      metadata: {
        name: 'fairlead.web',
        namespace: NAMESPACE,
        labels: { 'fairlead.dev/app': 'web' },
        annotations: { 'fairlead.dev/purpose': 'release', 'fairlead.dev/run': 'https://github.invalid/acme/shop/actions/runs/2' },
      },
      spec: {
        holderIdentity: OURS,
        leaseDurationSeconds: 60,
        acquireTime: '2026-01-01T00:00:00.000000Z',
        renewTime: '2026-01-01T00:00:00.000000Z',
        leaseTransitions: 1,
      },
    })
    expect(arena.said).toEqual([])
    await lock.release()
  })

  test.each([
    ['an empty holder', { holderIdentity: '', leaseTransitions: 7 }],
    ['no holder', { leaseTransitions: 7 }],
  ])('takes a lock that was given back, with %s, with one request', async (_name, spec) => {
    const arena = new Arena()
    arena.seed(spec, { theirs: 'stays' })
    const request = await arena.request()
    arena.forget()
    const lock = await acquireLock(request, arena.world())
    expect(arena.requests()).toEqual(['update'])
    expect(lock).toMatchObject({ token: 8, overtaken: undefined, undisturbed: true })
    expect((await arena.lease())?.metadata.annotations).toEqual({ theirs: 'stays', 'fairlead.dev/purpose': 'release' })
    await lock.release()
  })

  test.each([
    ['the Lease', 3, 8],
    ['the journal', 40, 41],
  ])('counts on from whichever is ahead: %s', async (_name, after, token) => {
    const arena = new Arena()
    arena.seed({ holderIdentity: '', leaseTransitions: 7 })
    const lock = await arena.take({ after })
    expect(lock.token).toBe(token)
    await lock.release()
  })

  test('waits for a holder and takes the lock once it is given back; what was observed does not hold any more', async () => {
    const arena = new Arena()
    arena.held()
    const contender = await arena.begin()
    await arena.clock.advance(20_000)
    await arena.write({ holderIdentity: '' })
    await arena.clock.advance(1_500)
    expect(contender.value).toMatchObject({ token: 8, overtaken: undefined, undisturbed: false })
    await contender.value?.release()
  })

  test('does not hold on to what was observed when somebody had the lock since', async () => {
    const arena = new Arena()
    arena.seed({ holderIdentity: '', leaseTransitions: 7 })
    const request = await arena.request()
    await (await arena.take({ holder: THEIRS })).release()
    const lock = await acquireLock(request, arena.world())
    expect(lock).toMatchObject({ token: 9, overtaken: undefined, undisturbed: false })
    await lock.release()
  })

  test('holds on to what was observed when somebody has only written something beside', async () => {
    const arena = new Arena()
    arena.seed({ holderIdentity: '', leaseTransitions: 7 })
    const request = await arena.request()
    await arena.cluster.patch(leaseReference(NAMESPACE, 'web'), [{ op: 'add', path: '/metadata/annotations/note', value: 'x' }], { manager: 'other' })
    const lock = await acquireLock(request, arena.world())
    expect(lock).toMatchObject({ token: 8, undisturbed: true })
    await lock.release()
  })

  test('does not hold on to what was observed with a Lease that was deleted and made again', async () => {
    const arena = new Arena()
    arena.seed({ holderIdentity: '', leaseTransitions: 7 })
    const request = await arena.request()
    await arena.cluster.delete(leaseReference(NAMESPACE, 'web'))
    arena.seed({ holderIdentity: '', leaseTransitions: 7 })
    const lock = await acquireLock(request, arena.world())
    expect(lock.undisturbed).toBe(false)
    await lock.release()
  })

  test.each([
    ['right', 0],
    ['ten minutes slow', -10 * MINUTES],
    ['ten minutes fast', 10 * MINUTES],
  ])('takes over after exactly sixty seconds without a change, the holder’s clock being %s', async (_name, skew) => {
    const arena = new Arena()
    arena.held('release', skew)
    const contender = await arena.begin()
    await arena.clock.advance(59_999)
    expect(contender.value).toBe(undefined)
    await arena.clock.advance(1)
    expect(contender.value).toMatchObject({ token: 8, overtaken: THEIRS, undisturbed: false })
    expect(arena.said.at(-1)).toBe(`took the lock of web from ${THEIRS}: it was not renewed for 60s`)
    await contender.value?.release()
  })

  test.each([
    [200, 200],
    [1, 15],
    [3_000, 300],
  ])('waits as long as a Lease of %i s says, within bounds: %i s', async (leaseDurationSeconds, waited) => {
    const arena = new Arena()
    arena.seed({ holderIdentity: THEIRS, leaseTransitions: 7, leaseDurationSeconds })
    const contender = await arena.begin()
    await arena.clock.advance(waited * 1_000 - 1)
    expect(contender.value).toBe(undefined)
    await arena.clock.advance(1)
    expect(contender.value?.overtaken).toBe(THEIRS)
    await contender.value?.release()
  })

  test('counts anew from every renewal it sees, whatever time is written into it', async () => {
    const arena = new Arena()
    arena.held()
    const contender = await arena.begin()
    for (let turn = 0; turn < 5; turn += 1) {
      await arena.clock.advance(50_000)
      await arena.write({ renewTime: `2020-01-01T00:00:0${turn}.000000Z` })
    }
    await arena.clock.advance(60_000)
    expect(contender.value).toBe(undefined)
    await arena.clock.advance(2_000)
    expect(contender.value?.overtaken).toBe(THEIRS)
    await contender.value?.release()
  })

  test('takes over at once from a run that is over', async () => {
    const arena = new Arena()
    arena.held()
    arena.isOver = async (holder) => holder === THEIRS
    const contender = await arena.begin()
    await arena.clock.advance(0)
    expect(contender.value).toMatchObject({ token: 8, overtaken: THEIRS, undisturbed: false })
    expect(arena.said.at(-1)).toBe(`took the lock of web from ${THEIRS}: its run is over`)
    await contender.value?.release()
  })

  test.each([
    ['it cannot be told', undefined],
    ['it lives', false],
  ])('asks every ten seconds whether the holder lives, and waits where %s', async (_name, answer) => {
    const arena = new Arena()
    arena.held()
    arena.isOver = async () => answer
    const contender = await arena.begin()
    await arena.clock.advance(28_000)
    expect(contender.value).toBe(undefined)
    expect(arena.asked).toHaveLength(3)
    expect(arena.asked[0]).toBe(`0s ${THEIRS}`)
    await arena.clock.advance(32_000)
    expect(contender.value?.overtaken).toBe(THEIRS)
    await contender.value?.release()
  })

  test('goes on counting while the answer about the holder is still due', async () => {
    const arena = new Arena()
    arena.held()
    arena.isOver = () => new Promise(() => undefined)
    const contender = await arena.begin()
    await arena.clock.advance(60_000)
    expect(contender.value?.overtaken).toBe(THEIRS)
    expect(arena.asked).toHaveLength(1)
    await contender.value?.release()
  })

  test('says once that it cannot be told whether the holder lives, and waits', async () => {
    const arena = new Arena()
    arena.held()
    arena.isOver = async () => {
      throw new Fault('ACCESS_DENIED', 'runs of acme/shop may not be read', { hint: 'Add `actions: read` to the permissions of the job.' })
    }
    const contender = await arena.begin()
    await arena.clock.advance(59_999)
    expect(contender.value).toBe(undefined)
    expect(arena.said.filter((line) => line.includes('cannot be told'))).toEqual([
      'whether the holder of the lock still lives cannot be told: runs of acme/shop may not be read. Add `actions: read` to the permissions of the job.',
    ])
    await arena.clock.advance(1)
    await contender.value?.release()
  })

  test('says for whom it waits, at once and every thirty seconds', async () => {
    const arena = new Arena()
    arena.held()
    const contender = await arena.begin({ timeout: milliseconds(65_000) })
    const renewing = renewAll(arena, 4)
    await arena.clock.advance(70_000)
    await renewing
    const held = `held by ${THEIRS}, for a release, since 2026-01-01T00:00:00.000000Z, https://github.invalid/acme/shop/actions/runs/1: a rollback may break it`
    expect(arena.said).toHaveLength(3)
    expect(arena.said[0]).toBe(`waiting for the lock of web, ${held}`)
    expect(arena.said[1]).toMatch(/^still waiting after 3[01]s for the lock of web, held by /)
    expect(arena.said[2]).toMatch(/^still waiting after 1m(?:0[12]s)? for the lock of web, held by /)
    expect(contender.fault).toMatchObject({
      code: 'CONFLICT',
      message: `Lease "shop/fairlead.web": the lock of web is held by another run, expected it to be released within 1m05s, got ${THEIRS}, for a release, since 2026-01-01T00:00:00.000000Z, https://github.invalid/acme/shop/actions/runs/1`,
      hint: 'Wait for that run to end or cancel it, or give `lock-timeout` more time; a rollback may break the lock.',
    })
  })

  test('does not wait at all where it is told not to', async () => {
    const arena = new Arena()
    arena.held('eject')
    const contender = await arena.begin({ timeout: milliseconds(0) })
    await contender.ended()
    expect(contender.fault).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining(`is held by another run, expected it to be free, got ${THEIRS}, for an eject`),
      hint: 'Wait for that run to end or cancel it, or give `lock-timeout` more time.',
    })
  })

  test('says it again when another run holds the lock meanwhile', async () => {
    const arena = new Arena()
    arena.held()
    const contender = await arena.begin()
    await arena.clock.advance(5_000)
    await arena.write({ holderIdentity: 'ann@laptop #cccc', leaseTransitions: 8 })
    await arena.clock.advance(2_000)
    expect(arena.said.map((line) => /held by ([^,]+)/.exec(line)?.[1])).toEqual([THEIRS, 'ann@laptop #cccc'])
    arena.stop.abort(new Fault('CANCELLED', 'stopped'))
    await contender.ended()
    expect(contender.fault?.code).toBe('CANCELLED')
  })

  test('lets one of two have a lock that never was', async () => {
    const arena = new Arena()
    const one = await arena.begin({ seen: FREE, holder: 'one #1' })
    const two = await arena.begin({ seen: FREE, holder: 'two #2' })
    await arena.clock.advance(30_000)
    expect([one, two].map(({ value }) => value?.token)).toEqual([1, undefined])
    await one.value?.release()
    await arena.clock.advance(2_000)
    expect(two.value).toMatchObject({ token: 2, overtaken: undefined, undisturbed: false })
    await two.value?.release()
  })

  test('lets one of two take over', async () => {
    const arena = new Arena()
    arena.held()
    const two = [await arena.begin({ holder: 'one #1' }), await arena.begin({ holder: 'two #2' })]
    await arena.clock.advance(62_000)
    expect(two.flatMap(({ value }) => value?.overtaken ?? [])).toEqual([THEIRS])
    await arena.clock.advance(5 * MINUTES)
    expect(two.flatMap(({ value }) => value?.overtaken ?? [])).toEqual([THEIRS])
    arena.stop.abort(new Fault('CANCELLED', 'stopped'))
    for (const { value } of two) await value?.release()
  })

  test.each(['release', 'wind-up', 'reap'])('breaks a %s at once when it is a rollback', async (purpose) => {
    const arena = new Arena()
    arena.held(purpose)
    arena.forget()
    const lock = await arena.take({ purpose: 'rollback', seen: await readLease(arena.cluster, { namespace: NAMESPACE, app: 'web' }) })
    expect(arena.requests()).toEqual(['get', 'update'])
    expect(lock).toMatchObject({ token: 8, overtaken: THEIRS, undisturbed: false })
    expect(arena.said).toEqual([`took the lock of web from ${THEIRS}: a rollback breaks it`])
    await lock.release()
  })

  test.each([
    ['rollback', 'rollback'],
    ['rollback', 'eject'],
    ['rollback', 'what we would not write'],
    ['release', 'release'],
    ['eject', 'release'],
    ['reap', 'release'],
    ['wind-up', 'release'],
  ] satisfies readonly (readonly [LockPurpose, string])[])('waits as a %s for a %s', async (own, other) => {
    const arena = new Arena()
    arena.held(other)
    const contender = await arena.begin({ purpose: own })
    await arena.clock.advance(30_000)
    expect([contender.value, contender.fault]).toEqual([undefined, undefined])
    arena.stop.abort(new Fault('CANCELLED', 'stopped'))
    await contender.ended()
  })

  test('takes a lock that is held under its own name for its own', async () => {
    const arena = new Arena()
    arena.held()
    const lock = await arena.take({ holder: THEIRS })
    expect(lock).toMatchObject({ token: 8, overtaken: undefined })
    await lock.release()
  })

  test('knows its own write when the reply to it was lost', async () => {
    const arena = new Arena()
    arena.cluster.script.fail({ verb: 'update' }, 'reply-lost')
    const lock = await arena.take({ seen: FREE })
    expect(arena.requests()).toEqual(['update', 'get'])
    expect(lock).toMatchObject({ token: 1, undisturbed: true, overtaken: undefined })
    await lock.release()
  })

  test('sends a write again that was not applied', async () => {
    const arena = new Arena()
    arena.cluster.script.fail({ verb: 'update' }, UNAVAILABLE)
    const contender = await arena.begin({ seen: FREE })
    await arena.clock.advance(2_000)
    expect(arena.requests()).toEqual(['update', 'get', 'update'])
    expect(contender.value).toMatchObject({ token: 1, undisturbed: true })
    await contender.value?.release()
  })

  test('gives up a write that hangs, and takes the lock by another', async () => {
    const arena = new Arena()
    let hangs = 1
    arena.cluster.script.intercept(({ verb }) => (verb === 'update' && hangs-- > 0 ? new Promise<void>(() => undefined) : undefined))
    const contender = await arena.begin({ seen: FREE })
    await arena.clock.advance(12_000)
    expect(contender.value).toMatchObject({ token: 1, undisturbed: true, overtaken: undefined })
    await contender.value?.release()
  })

  test('goes on waiting when a read hangs', async () => {
    const arena = new Arena()
    arena.held()
    const contender = await arena.begin()
    let hangs = 1
    arena.cluster.script.intercept(({ verb }) => (verb === 'get' && hangs-- > 0 ? new Promise<void>(() => undefined) : undefined))
    await arena.clock.advance(62_000)
    expect(contender.value?.overtaken).toBe(THEIRS)
    await contender.value?.release()
  })

  test('still knows from whom it took the lock when the reply was lost and nothing could be read for a while', async () => {
    const arena = new Arena()
    arena.held()
    arena.cluster.script.fail({ verb: 'update' }, 'reply-lost')
    const request = await arena.request({ purpose: 'rollback' })
    arena.cluster.script.fail({ verb: 'get' }, UNAVAILABLE, 1)
    const contender = new Pending(acquireLock(request, arena.world()))
    await arena.clock.advance(5_000)
    expect(contender.value?.overtaken).toBe(THEIRS)
    expect(contender.value?.token).toBeGreaterThan(7)
    await contender.value?.release()
  })

  test('goes on waiting while the API server cannot be reached', async () => {
    const arena = new Arena()
    arena.held()
    const contender = await arena.begin()
    arena.cluster.script.outage()
    await arena.clock.advance(30_000)
    arena.cluster.script.outage(false)
    await arena.write({ holderIdentity: '' })
    await arena.clock.advance(1_500)
    expect(contender.value).toMatchObject({ overtaken: undefined })
    await contender.value?.release()
  })

  test('says that the API server cannot be reached once its time is over', async () => {
    const arena = new Arena()
    arena.held()
    const contender = await arena.begin({ timeout: milliseconds(30_000) })
    arena.cluster.script.outage()
    await arena.clock.advance(31_000)
    expect(contender.fault?.code).toBe('UNAVAILABLE')
  })

  test('fails at once where nobody may write Leases', async () => {
    const arena = new Arena()
    arena.cluster.script.deny({ verb: 'update', resource: 'leases' })
    const contender = await arena.begin({ seen: FREE })
    await contender.ended()
    expect([contender.fault?.code, arena.requests()]).toEqual(['ACCESS_DENIED', ['update']])
  })

  test('fails at once where a webhook says no: the Lease is as it was, so it was not about that', async () => {
    const arena = new Arena()
    arena.cluster.script.fail({ verb: 'update' }, { code: 422, reason: 'Invalid', message: 'no' })
    const contender = await arena.begin({ seen: FREE })
    await contender.ended()
    expect([contender.fault?.code, arena.requests()]).toEqual(['INPUT_INVALID', ['update', 'get']])
  })

  test('gives back what it has taken without hearing of it when it is stopped', async () => {
    const arena = new Arena()
    arena.cluster.script.fail({ verb: 'update' }, 'reply-lost')
    const stopped = new Fault('CANCELLED', 'stopped')
    arena.cluster.script.intercept(({ verb }) => {
      if (verb === 'update') arena.stop.abort(stopped)
    })
    const contender = await arena.begin({ seen: FREE })
    await contender.ended()
    expect(contender.fault).toBe(stopped)
    expect(await arena.spec()).toMatchObject({ holderIdentity: '', leaseTransitions: 1 })
  })

  test('leaves what it has taken from somebody without hearing of it to expire, since a lock that is given back fences nobody off', async () => {
    const arena = new Arena()
    arena.held()
    arena.cluster.script.fail({ verb: 'update' }, 'reply-lost')
    const request = await arena.request({ purpose: 'rollback' })
    arena.cluster.script.intercept(({ verb }) => {
      if (verb === 'update') arena.stop.abort(new Fault('CANCELLED', 'stopped'))
    })
    const contender = new Pending(acquireLock(request, arena.world()))
    await contender.ended()
    expect(await arena.spec()).toMatchObject({ holderIdentity: OURS, leaseTransitions: 8 })
  })

  test.each([
    ['a holder that is a number', { holderIdentity: 7, leaseTransitions: 1 }, 'expected a holderIdentity that is text, got 7'],
    ['transitions that are text', { holderIdentity: THEIRS, leaseTransitions: 'x' }, 'expected leaseTransitions that is a number, got "x"'],
    ['a holder and no transitions', { holderIdentity: THEIRS }, 'expected leaseTransitions that is a number, got none'],
    ['nothing at all', {}, 'expected leaseTransitions that is a number, got none'],
  ])('guesses nothing about a Lease with %s', async (_name, spec, words) => {
    const arena = new Arena()
    arena.seed(spec)
    arena.forget()
    const contender = await arena.begin()
    await contender.ended()
    expect(contender.fault).toMatchObject({
      code: 'CONFLICT',
      message: `Lease "shop/fairlead.web": was written by something else, ${words}`,
      hint: 'Make sure that no run is at work on this app, then delete the Lease (kubectl delete lease fairlead.web -n shop): the journal keeps what the next run needs.',
    })
    expect(arena.requests()).toEqual(['get'])
  })
})

/** Lets the holder renew, a few times, every fifteen seconds. */
async function renewAll(arena: Arena, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    await arena.clock.sleep(15_000)
    await arena.write({ renewTime: arena.microTime() })
  }
}
