import { Fault } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import type { KubeObject, PatchOperation } from '@fairlead/kube'
import type { FakeCluster } from '@fairlead/kube/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { fieldOwners, LABELS, moveService, POINTER_MANAGER, readPointer, slotBackend } from '../../src/index.ts'
import { BASE, BLUE, faultOf, GREEN, readWeb, service, shop, WEB } from './scene.ts'

const TO_GREEN = { to: slotBackend('green'), move: '4-6' }
const MODIFIED = { code: 409, reason: 'Conflict', message: 'the object has been modified' }

let cluster: FakeCluster
let web: KubeObject

beforeEach(async () => {
  cluster = await shop(new ManualClock())
  web = await readWeb(cluster)
})

describe('moveService', () => {
  test('moves selector and move label in one write of the pointer manager', async () => {
    const moved = await moveService(cluster, web, TO_GREEN)
    expect(readPointer(moved)).toMatchObject({ selector: GREEN, move: '4-6' })
    expect(moved).toEqual(await readWeb(cluster))
    expect(fieldOwners(moved, ['spec', 'selector'])).toEqual([{ manager: POINTER_MANAGER, operation: 'Update', time: '2026-01-01T00:00:00Z' }])
    expect(patches()).toHaveLength(1)
  })

  test('opens the Service when there is no backend to move to', async () => {
    expect(readPointer(await moveService(cluster, web, { to: undefined, move: '4-6' }))).toMatchObject({ selector: BASE, backend: undefined })
  })

  test('takes another base when one is given', async () => {
    const moved = await moveService(cluster, web, { ...TO_GREEN, base: { tier: 'front' } })
    expect(readPointer(moved).selector).toEqual({ tier: 'front', [LABELS.slot]: 'green' })
  })

  test('refuses a slot without labels of the app, which would select the Pods of every app', async () => {
    expect(await faultOf(moveService(cluster, web, { ...TO_GREEN, base: {} }))).toMatchObject({ code: 'INPUT_INVALID' })
    expect(patches()).toEqual([])
  })

  test.each<{ readonly name: string; readonly hinder: () => void | Promise<void> }>([
    { name: 'its own reply was lost', hinder: () => cluster.script.fail({ verb: 'patch' }, 'reply-lost') },
    { name: 'it was done before', hinder: async () => void (await moveService(cluster, web, TO_GREEN)) },
    { name: 'the server is busy with the object', hinder: () => cluster.script.fail({ verb: 'patch' }, MODIFIED, 2) },
    { name: 'its reply was lost and the repetition fails its test', hinder: lostThenRepeated },
    { name: 'somebody has given the Service its first label meanwhile', hinder: () => once(() => write(labelled)) },
  ])('succeeds when $name', async ({ hinder }) => {
    await hinder()
    const moved = await moveService(cluster, web, TO_GREEN)
    expect(readPointer(moved)).toMatchObject({ selector: GREEN, move: '4-6' })
    expect(moved).toEqual(await readWeb(cluster))
  })

  test('names who moved the pointer between our read and our write', async () => {
    once(() => write([{ op: 'add', path: '/spec/selector', value: BASE }]))
    expect(await faultOf(moveService(cluster, web, TO_GREEN))).toMatchObject({
      code: 'CONFLICT',
      message:
        'Service "shop/web": its selector was changed since it was read, expected app=web,fairlead.dev/slot=blue (no move), got app=web (no move), last written by kubectl-patch (Update, 2026-01-01T00:00:00Z)',
      hint: 'Find out who else writes to this Service, then run again: it starts from what is there.',
    })
    expect(readPointer(await readWeb(cluster)).selector).toEqual(BASE)
  })

  test('is fenced off by the move label of whoever took the pointer over, though the selector has come back', async () => {
    await moveService(cluster, web, { ...TO_GREEN, move: '5-1' })
    const back = await moveService(cluster, await readWeb(cluster), { to: slotBackend('blue'), move: '5-2' })
    expect(readPointer(back).selector).toEqual(BLUE)
    expect(await faultOf(moveService(cluster, web, TO_GREEN))).toMatchObject({
      code: 'CONFLICT',
      message:
        'Service "shop/web": another run has taken it over since it was read, expected app=web,fairlead.dev/slot=blue (no move), got app=web,fairlead.dev/slot=blue (move 5-2), last written by fairlead-pointer (Update, 2026-01-01T00:00:00Z)',
    })
  })

  test('does not take the right selector under the label of another move for its own', async () => {
    await moveService(cluster, web, { ...TO_GREEN, move: '5-1' })
    expect(await faultOf(moveService(cluster, web, TO_GREEN))).toMatchObject({ code: 'CONFLICT' })
  })

  test('says so when nobody owns the selector any more', async () => {
    once(() => write([{ op: 'remove', path: '/spec/selector' }]))
    expect((await faultOf(moveService(cluster, web, TO_GREEN))).message).toMatch(/got no selector \(no move\), which nobody is recorded to have written$/)
  })

  test('says so when the Service is gone', async () => {
    await cluster.delete(WEB)
    expect(await faultOf(moveService(cluster, web, TO_GREEN))).toMatchObject({
      code: 'NOT_FOUND',
      message: 'Service "shop/web": is gone, expected the Service that was read before',
    })
  })

  test('passes on what refuses the write for reasons of its own, after one attempt', async () => {
    const refusal = { code: 422, reason: 'Invalid', message: 'admission webhook "policy" denied the request' }
    cluster.script.fail({ verb: 'patch' }, refusal, 9)
    expect(await faultOf(moveService(cluster, web, TO_GREEN))).toMatchObject({ code: 'INPUT_INVALID', message: expect.stringContaining(refusal.message) })
    expect(patches()).toHaveLength(1)
  })

  test('gives up on a server that stays busy with the object', async () => {
    cluster.script.fail({ verb: 'patch' }, MODIFIED, 99)
    expect(await faultOf(moveService(cluster, web, TO_GREEN))).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(MODIFIED.message) })
    expect(patches()).toHaveLength(5)
  })

  test('concludes nothing from a server that cannot be reached', async () => {
    cluster.script.fail({ verb: 'patch' }, new Fault('UNAVAILABLE', 'no answer'))
    expect(await faultOf(moveService(cluster, web, TO_GREEN))).toMatchObject({ code: 'UNAVAILABLE', message: 'no answer' })
    expect(patches()).toHaveLength(1)
  })

  test('passes a missing permission on without looking', async () => {
    cluster.script.deny({ verb: 'patch' })
    expect(await faultOf(moveService(cluster, web, TO_GREEN))).toMatchObject({ code: 'ACCESS_DENIED' })
  })
})

const labelled: readonly PatchOperation[] = [{ op: 'add', path: '/metadata/labels', value: { tier: 'front' } }]

function write(operations: readonly PatchOperation[]): Promise<unknown> {
  return cluster.patch(WEB, operations, { manager: 'kubectl-patch' })
}

/** Lets somebody else act just before our next patch. */
function once(act: () => Promise<unknown>): void {
  let isDone = false
  cluster.script.intercept(async ({ verb, manager }) => {
    if (isDone || verb !== 'patch' || manager !== POINTER_MANAGER) return
    isDone = true
    await act()
  })
}

/** What the API server shows when a first attempt was carried out and the connection's own repetition meets its result. */
function lostThenRepeated(): void {
  once(() => moveService(cluster, service(), TO_GREEN))
}

function patches(): readonly unknown[] {
  return cluster.script.requests.filter(({ verb, manager }) => verb === 'patch' && manager === POINTER_MANAGER)
}
