import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, endpoint, makePlace, type Place } from '../../cluster/cluster.ts'
import { sampleService, type SamplerOptions } from '../src/index.ts'

// Pods that need no image: their readiness is written by hand, which is the very thing that is looked at.
let place: Place
let options: SamplerOptions
beforeAll(async () => {
  place = await makePlace('sampler')
  const token = await account(place, 'tester', [{ apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list'] }])
  const { server, authority } = await endpoint()
  options = {
    server,
    token,
    authority: Buffer.from(authority, 'base64').toString(),
    namespace: place.namespace,
    service: 'shop',
    slotLabel: 'slot',
    every: 20,
  }
  await place.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop' }, spec: { selector: { app: 'shop', slot: 'blue' }, ports: [{ port: 80 }] } })
  for (const slot of ['blue', 'green']) await makeReady(slot)
})
afterAll(() => place.remove())

describe('sampleService', () => {
  test('has no complaint of a Service on ready Pods of one slot', async () => {
    const { looks, unseen, complaints, served } = await lookWhile(async () => sleep(300))
    expect({ some: looks > 3, unseen, complaints, served: served.map(({ slot }) => slot) }).toEqual({ some: true, unseen: 0, complaints: [], served: ['blue'] })
  })

  test('sees a Service that selects both slots', async () => {
    expect(await seenBy('[{"op":"remove","path":"/spec/selector/slot"}]')).toEqual(['two slots'])
  })

  test('sees a Service that selects nobody who is ready', async () => {
    expect(await seenBy('[{"op":"replace","path":"/spec/selector/slot","value":"red"}]')).toEqual(['no ready Pod'])
  })

  test('does not take what it could not see for bad', async () => {
    const sampler = sampleService({ ...options, token: 'wrong' })
    await sleep(200)
    const { looks, unseen, complaints } = await sampler.stop()
    expect({ all: looks === unseen, complaints }).toEqual({ all: true, complaints: [] })
  })
})

async function lookWhile(act: () => Promise<unknown>) {
  const sampler = sampleService(options)
  await act()
  return await sampler.stop()
}

/** Changes the selector, gives time for looks, and changes it back. */
async function seenBy(patch: string): Promise<readonly string[]> {
  const { complaints } = await lookWhile(async () => {
    await place.kubectl('patch', 'service', 'shop', '--type=json', '-p', patch)
    await sleep(300)
    await place.kubectl('patch', 'service', 'shop', '--type=json', '-p', '[{"op":"add","path":"/spec/selector/slot","value":"blue"}]')
  })
  return [...new Set(complaints.map(({ what }) => what))]
}

async function makeReady(slot: string): Promise<void> {
  // A gate nobody opens keeps it off every node; its condition is ours to write.
  await place.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: slot, labels: { app: 'shop', slot } },
    spec: { schedulingGates: [{ name: 'fairlead.dev/test' }], containers: [{ name: 'c', image: 'none.invalid/none:1' }] },
  })
  const conditions = [{ type: 'Ready', status: 'True' }]
  await place.kubectl('patch', 'pod', slot, '--subresource=status', '--type=merge', '-p', JSON.stringify({ status: { conditions } }))
}
