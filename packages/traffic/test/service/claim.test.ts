import { ManualClock } from '@fairlead/base/testing'
import type { KubeObject } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { beforeEach, describe, expect, test } from 'vitest'
import { claimPointer, fieldOwners, moveService, POINTER_MANAGER, readPointer, slotBackend } from '../../src/index.ts'
import { BLUE, faultOf, GREEN, readWeb, service, WEB } from './scene.ts'

const OURS = { manager: 'fairlead' }
const TIME = '2026-01-01T00:00:00Z'

let cluster: FakeCluster
let web: KubeObject

beforeEach(async () => {
  cluster = new FakeCluster({ clock: new ManualClock(), namespaces: ['shop'] })
  web = await cluster.apply(service(), OURS)
})

describe('claimPointer', () => {
  test('keeps the selector when our apply stops naming it', async () => {
    const claimed = await claimPointer(cluster, web)
    expect(fieldOwners(claimed, ['spec', 'selector'])).toEqual([
      { manager: 'fairlead', operation: 'Apply', time: TIME },
      { manager: POINTER_MANAGER, operation: 'Apply', time: TIME },
    ])
    expect(readPointer(await cluster.apply(service({ selector: undefined }), OURS)).selector).toEqual(BLUE)
  })

  test('is needed: without it the selector is gone', async () => {
    expect(readPointer(await cluster.apply(service({ selector: undefined }), OURS)).selector).toEqual({})
  })

  test('leaves the pointer to the next move alone', async () => {
    const moved = await moveService(cluster, await claimPointer(cluster, web), { to: slotBackend('green'), move: '4-6' })
    expect(fieldOwners(moved, ['spec', 'selector'])).toEqual([{ manager: POINTER_MANAGER, operation: 'Update', time: TIME }])
    expect(readPointer(await cluster.apply(service({ selector: undefined }), OURS)).selector).toEqual(GREEN)
  })

  test.each<{ readonly name: string; readonly prepare: () => Promise<KubeObject> }>([
    { name: 'is claimed already', prepare: () => claimPointer(cluster, web) },
    { name: 'was moved by us', prepare: () => moveService(cluster, web, { to: slotBackend('green'), move: '4-6' }) },
    { name: 'was applied by somebody else', prepare: () => cluster.apply(service(), { manager: 'argocd', force: true }).then(dropOurs) },
    { name: 'is not there', prepare: () => cluster.apply(service({ selector: undefined }), OURS) },
  ])('writes nothing when the selector $name', async ({ prepare }) => {
    const prepared = await prepare()
    const before = writes()
    expect(await claimPointer(cluster, prepared)).toEqual(prepared)
    expect(writes()).toEqual(before)
  })

  test('goes on with what is there when something else about the Service has changed', async () => {
    await cluster.patch(WEB, [{ op: 'add', path: '/metadata/labels', value: { tier: 'front' } }], { manager: 'kubectl-label' })
    const claimed = await claimPointer(cluster, web)
    expect(claimed.metadata.labels).toEqual({ tier: 'front' })
    expect(fieldOwners(claimed, ['spec', 'selector'])).toHaveLength(2)
  })

  test('names who moved the pointer meanwhile', async () => {
    await cluster.patch(WEB, [{ op: 'add', path: '/spec/selector', value: GREEN }], { manager: 'kubectl-patch' })
    expect(await faultOf(claimPointer(cluster, web))).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('kubectl-patch (Update') })
  })

  test('gives up on a server that stays busy with the object', async () => {
    cluster.script.fail({ verb: 'apply' }, { code: 409, reason: 'Conflict', message: 'the object has been modified' }, 99)
    const before = writes().length
    expect(await faultOf(claimPointer(cluster, web))).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('the object has been modified') })
    expect(writes()).toHaveLength(before + 5)
  })

  test('brings no selector back that somebody has removed', async () => {
    await cluster.patch(WEB, [{ op: 'remove', path: '/spec/selector' }], { manager: 'kubectl-patch' })
    expect(await faultOf(claimPointer(cluster, web))).toMatchObject({ code: 'CONFLICT' })
    expect(readPointer(await readWeb(cluster)).selector).toEqual({})
  })

  test('is fenced off by the move label of whoever took the pointer over', async () => {
    await moveService(cluster, web, { to: slotBackend('blue'), move: '5-0' })
    expect(await faultOf(claimPointer(cluster, web))).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('another run has taken it over') })
  })

  test('says so when the Service is gone', async () => {
    await cluster.delete(WEB)
    expect(await faultOf(claimPointer(cluster, web))).toMatchObject({ code: 'NOT_FOUND' })
  })
})

async function dropOurs(): Promise<KubeObject> {
  await cluster.apply(service({ selector: undefined }), OURS)
  return readWeb(cluster)
}

function writes(): readonly unknown[] {
  return cluster.script.requests.filter(({ verb }) => verb === 'apply' || verb === 'patch')
}
