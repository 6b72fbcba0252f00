import { ManualClock } from '@fairlead/base/testing'
import type { KubeObject, ReadOptions, Selection, WatchEvent } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { awaitProof, moveService, openProof, slotBackend, type MoveProof } from '../../src/index.ts'
import { BASE, faultOf, GREEN, pod, readWeb, shop, slice } from './scene.ts'

const MOVE = '4-6'
const TO_GREEN = { to: slotBackend('green'), move: MOVE }
const PROVEN = { proven: true, endpoints: 2, slices: 1, uids: ['uid-green-1', 'uid-green-2'] }

let clock: ManualClock
let cluster: FakeCluster
let web: KubeObject

beforeEach(async () => {
  clock = new ManualClock()
  cluster = await shop(clock)
  web = await readWeb(cluster)
})

function target(atLeast = 2) {
  return { service: web, backend: slotBackend('green'), atLeast }
}

/** Waits for what needs time on the clock. */
async function passing<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  promise.catch(() => undefined)
  await clock.advance(milliseconds)
  for (let turn = 0; turn < 10; turn += 1) await clock.advance(0)
  return promise
}

/** Its watches hear nothing. */
class DeafCluster extends FakeCluster {
  override async *watch(_selection: Selection, { signal }: ReadOptions): AsyncGenerator<WatchEvent> {
    await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    yield* []
  }
}

describe('awaitProof', () => {
  test('proves a move that was made', async () => {
    await moveService(cluster, web, TO_GREEN)
    const proof = awaitProof(cluster, { ...target(), move: MOVE }, { clock, timeout: 10_000 })
    expect(await passing(proof, 0)).toEqual({ ...PROVEN, seconds: 0 })
  })

  test('ends its watches', async () => {
    await moveService(cluster, web, TO_GREEN)
    await passing(awaitProof(cluster, { ...target(), move: MOVE }, { clock, timeout: 10_000 }), 0)
    await clock.advance(0)
    expect(cluster.watches.count).toBe(0)
  })

  test('proves it as soon as the last Pod is ready', async () => {
    await moveService(cluster, web, TO_GREEN)
    const proof = awaitProof(cluster, { ...target(3), move: MOVE }, { clock, timeout: 10_000 })
    await clock.advance(4_000)
    cluster.seed(pod('green-3', GREEN))
    expect(await passing(proof, 0)).toMatchObject({ proven: true, endpoints: 3, seconds: 4 })
  })

  test('says what it was still waiting for when the deadline passes', async () => {
    await moveService(cluster, web, TO_GREEN)
    const proof = awaitProof(cluster, { ...target(3), move: MOVE }, { clock, timeout: 10_000 })
    expect(await passing(proof, 10_000)).toEqual({ proven: false, waitingFor: '2 of 3 Pods of slot green are ready endpoints (IPv4)', seconds: 10 })
  })

  test('does not prove the state before the move', async () => {
    const proof = awaitProof(cluster, { ...target(), backend: slotBackend('blue'), move: MOVE }, { clock, timeout: 10_000 })
    expect(await passing(proof, 10_000)).toMatchObject({ proven: false, waitingFor: 'slice web-slice shows no move yet' })
  })

  test('does not count a Pod that lost its label, though its slice still has it', async () => {
    const still = new FakeCluster({ clock, namespaces: ['shop'] })
    still.seed(slice(MOVE, ['green-1', 'green-2']), pod('green-1', GREEN), pod('green-2', GREEN))
    const proof = openProof(still, target(), { clock })
    await passing(proof.synced, 0)
    still.seed(pod('green-2', BASE))
    await clock.advance(0)
    expect(await passing(proof.await(MOVE, { timeout: 3_000 }), 3_000)).toMatchObject({ waitingFor: '1 of 2 endpoints is a Pod of slot green; green-2 is not' })
    proof.close()
  })

  test('is a Fault when the deadline passes unseen', async () => {
    const proof = openProof(cluster, target(), { clock })
    await passing(proof.synced, 0)
    await moveService(cluster, web, TO_GREEN)
    cluster.script.outage()
    cluster.watches.break()
    const waiting = faultOf(proof.await('4-7', { timeout: 10_000 }))
    expect(await passing(waiting, 15_000)).toMatchObject({
      code: 'UNAVAILABLE',
      message: 'Service "shop/web": whether move 4-7 has arrived cannot be seen, expected the API server to show slices and Pods',
    })
    proof.close()
  })

  test('reads afresh before it calls a move unproven, should a watch have died without a word', async () => {
    const deaf = await shop(clock, DeafCluster)
    const proof = openProof(deaf, target(3), { clock })
    await passing(proof.synced, 0)
    deaf.seed(pod('green-3', GREEN))
    await moveService(deaf, await readWeb(deaf), TO_GREEN)
    expect(await passing(proof.await(MOVE, { timeout: 3_000 }), 3_000)).toMatchObject({ proven: true, endpoints: 3, seconds: 3 })
    proof.close()
  })

  test('throws the reason of whoever cancels it', async () => {
    const stop = new AbortController()
    const waiting = awaitProof(cluster, { ...target(), move: MOVE }, { clock, timeout: 10_000, signal: stop.signal })
    const ended = waiting.catch((error: unknown) => error)
    await clock.advance(0)
    stop.abort(new Error('enough'))
    expect(await passing(ended, 0)).toEqual(new Error('enough'))
  })

  test('names the permission that is missing', async () => {
    cluster.script.deny({ verb: 'list', resource: 'endpointslices' })
    const waiting = faultOf(awaitProof(cluster, { ...target(), move: MOVE }, { clock, timeout: 10_000 }))
    expect(await passing(waiting, 0)).toMatchObject({ code: 'ACCESS_DENIED', message: expect.stringContaining('endpointslices') })
  })
})

describe('openProof', () => {
  test('watches before the move and needs no request after it', async () => {
    const proof = openProof(cluster, target(), { clock })
    await passing(proof.synced, 0)
    await moveService(cluster, web, TO_GREEN)
    const before = cluster.script.requests.length
    expect(await passing<MoveProof>(proof.await(MOVE, { timeout: 10_000 }), 0)).toEqual({ ...PROVEN, seconds: 0 })
    expect(cluster.script.requests).toHaveLength(before)
    proof.close()
  })

  test('proves one move after another', async () => {
    const proof = openProof(cluster, target(), { clock })
    await moveService(cluster, web, TO_GREEN)
    expect(await passing(proof.await(MOVE, { timeout: 10_000 }), 0)).toMatchObject({ proven: true })
    await moveService(cluster, await readWeb(cluster), { ...TO_GREEN, move: '4-7' })
    expect(await passing(proof.await('4-7', { timeout: 10_000 }), 0)).toMatchObject({ proven: true })
    proof.close()
  })

  test('lists anew every minute, should a watch have died without a word', async () => {
    const proof = openProof(cluster, target(), { clock })
    await passing(proof.synced, 200_000)
    expect(cluster.script.requests.filter(({ verb, kind }) => verb === 'list' && kind === 'EndpointSlice').length).toBeGreaterThanOrEqual(4)
    proof.close()
  })
})
