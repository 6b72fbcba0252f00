import { systemClock, type Host } from '@fairlead/base'
import { valueAt, type Cluster, type KubeObject, type ObjectReference } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  awaitProof,
  claimPointer,
  fieldOwners,
  foreignEndpoints,
  LABELS,
  moveService,
  openProof,
  POINTER_MANAGER,
  readPointer,
  readSlice,
  serviceRefusals,
  SLICE_LABELS,
  slotBackend,
  otherSlot,
  type MoveProof,
  type SlotName,
} from '../../src/index.ts'
import { faultOf, resource } from './scene.ts'

const MOVES = 24
const TEST = { manager: 'traffic-test' }
const OURS = { manager: 'fairlead' }
const BASE = { app: 'web' }
const namespace = `traffic-${process.pid}`

let cluster: Cluster
let token = 0

beforeAll(async () => {
  cluster = await connectCluster({ allowExecPlugin: [], allowInsecure: false }, host())
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, TEST)
  await until('the account of the namespace', async () => (await cluster.get(named('ServiceAccount', 'default'))) !== undefined)
  for (const slot of ['blue', 'green'] as const) await cluster.create(slotDeployment(slot), TEST)
  for (const slot of ['blue', 'green'] as const)
    await until(`${slot} to be ready`, async () => valueAt(await cluster.get(named('Deployment', `web-${slot}`)), ['status', 'availableReplicas']) === 2)
})

afterAll(async () => {
  await cluster.delete({ resource: resource('Namespace'), name: namespace }, { propagation: 'Background' })
  cluster.close()
})

describe('a Service on a real cluster', () => {
  test(`moves ${MOVES} times, each proven, and no proof before every slice shows it`, async () => {
    let service = await makeService('web', 'blue')
    const waits: { readonly write: number; readonly proof: number; readonly both: number }[] = []
    for (let turn = 1; turn <= MOVES; turn += 1) {
      const slot = turn % 2 === 1 ? 'green' : 'blue'
      const [move, backend] = [`7-${turn}`, slotBackend(slot)]
      using proof = openProof(cluster, { service, backend, atLeast: 2 }, { clock: systemClock })
      await proof.synced
      const begun = systemClock.now()
      service = await moveService(cluster, service, { to: backend, move })
      const written = systemClock.now()
      const proven = await proof.await(move, { timeout: 30_000 })
      const ended = systemClock.now()
      waits.push({ write: written - begun, proof: ended - written, both: ended - begun })
      expect(proven).toMatchObject({ proven: true, endpoints: 2, slices: 1, uids: await podUids(slot) })
      const slices = await slicesOf('web')
      expect(slices.map((slice) => readSlice(slice).move)).toEqual([move])
      expect(foreignEndpoints(slices, await podsOf(slot), await replicaSetUid(slot))).toEqual([])
      expect(foreignEndpoints(slices, await podsOf(slot), await replicaSetUid(otherSlot(slot)))).toHaveLength(2)
    }
    for (const part of ['write', 'proof', 'both'] as const) console.log(`${part}: ${spread(waits.map((wait) => wait[part]))}`)
  })

  test('is proven all the same, a little later, when nobody watched before the move', async () => {
    let service = await makeService('late', 'blue')
    const waits: number[] = []
    for (let turn = 1; turn <= MOVES; turn += 1) {
      const [move, backend] = [nextMove(), slotBackend(turn % 2 === 1 ? 'green' : 'blue')]
      const begun = systemClock.now()
      service = await moveService(cluster, service, { to: backend, move })
      expect(await awaitProof(cluster, { service, backend, atLeast: 2, move }, { clock: systemClock, timeout: 30_000 })).toMatchObject({
        proven: true,
        endpoints: 2,
      })
      waits.push(systemClock.now() - begun)
    }
    console.log(`both, without watches from before: ${spread(waits)}`)
  })

  test('is never proven on a backend that is not ready', async () => {
    await cluster.create(slotDeployment('green', { name: 'sick-green', app: 'sick', path: '/no-such-page' }), TEST)
    await until('its Pods', async () => (await podsOf('green', 'sick')).filter((pod) => valueAt(pod, ['status', 'podIP']) !== undefined).length === 2)
    const service = await makeService('sick', 'blue', { app: 'sick' })
    const proof = await moved(service, 'green', { atLeast: 2, timeout: 8_000 })
    expect(proof).toMatchObject({ proven: false, waitingFor: '0 of 2 Pods of slot green are ready endpoints (IPv4)' })
  })

  test('is not proven when it leads to fewer Pods than were wanted', async () => {
    const proof = await moved(await makeService('few', 'blue'), 'green', { atLeast: 3, timeout: 3_000 })
    expect(proof).toMatchObject({ proven: false, waitingFor: '2 of 3 Pods of slot green are ready endpoints (IPv4)' })
  })

  test('names the foreign writer between our read and our write', async () => {
    const service = await makeService('taken', 'blue')
    await kubectl('patch', 'service', 'taken', '--type=merge', '-p', '{"spec":{"selector":{"fairlead.dev/slot":"green"}}}')
    const fault = await faultOf(moveService(cluster, service, { to: slotBackend('green'), move: nextMove() }))
    expect(fault.code).toBe('CONFLICT')
    expect(fault.message).toMatch(
      /^Service "\S+\/taken": its selector was changed since it was read, expected app=web,fairlead\.dev\/slot=blue \(no move\), got app=web,fairlead\.dev\/slot=green \(no move\), last written by kubectl-patch \(Update, \S+Z\)$/,
    )
  })

  test('fences off a stale holder although the selector has come back', async () => {
    const stale = await moveService(cluster, await makeService('fenced', 'blue'), { to: slotBackend('blue'), move: '8-0' })
    await moveService(cluster, stale, { to: slotBackend('blue'), move: '9-0' })
    const fault = await faultOf(moveService(cluster, stale, { to: slotBackend('green'), move: '8-1' }))
    expect(fault).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/another run has taken it over.+\(move 9-0\), last written by fairlead-pointer/),
    })
  })

  test('is moved once by two calls for the same move', async () => {
    const service = await makeService('twice', 'blue')
    const move = { to: slotBackend('green'), move: nextMove() }
    const [one, other] = await Promise.all([moveService(cluster, service, move), moveService(cluster, service, move)])
    expect([readPointer(one), readPointer(other)].map(({ backend }) => backend)).toEqual([slotBackend('green'), slotBackend('green')])
    expect((await moveService(cluster, service, move)).metadata.resourceVersion).toBe((await read('twice')).metadata.resourceVersion)
  })

  test('is moved although somebody gave it its first label meanwhile', async () => {
    const service = await makeService('labelled', 'blue')
    await kubectl('label', 'service', 'labelled', 'tier=front')
    const moved = await moveService(cluster, service, { to: slotBackend('green'), move: '3-1' })
    expect(moved.metadata.labels).toEqual({ tier: 'front', [LABELS.move]: '3-1' })
  })

  test('gets its first selector, and loses it again', async () => {
    const bare = await cluster.apply(serviceObject('bare'), OURS)
    expect(serviceRefusals(bare, [], { firstRelease: true })).toEqual([])
    expect(serviceRefusals(bare, [])).toHaveLength(1)
    const routed = await moveService(cluster, bare, { to: slotBackend('green'), base: BASE, move: nextMove() })
    expect(readPointer(routed)).toMatchObject({ base: BASE, backend: slotBackend('green') })
    const open = await moveService(cluster, routed, { to: undefined, base: {}, move: nextMove() })
    expect(valueAt(open, ['spec', 'selector'])).toBeUndefined()
  })

  test('is refused with everything that speaks against it', async () => {
    const headless = await cluster.apply(serviceObject('headless', { selector: BASE, clusterIP: 'None', publishNotReadyAddresses: true }), { manager: 'helm' })
    await cluster.create(sliceByHand('headless'), TEST)
    const slices = (await slicesOf('headless')).filter(({ metadata }) => metadata.name === 'by-hand')
    const refusals = serviceRefusals(headless, slices)
    expect(refusals.map(({ message }) => message.replace(/^.+?": /, '').slice(0, 30))).toEqual([
      'is headless, expected a cluste',
      'sends requests to Pods that ar',
      'its selector is applied by som',
      'EndpointSlice by-hand sends tr',
    ])
  })
})

describe('claimPointer on a real cluster', () => {
  const selector = { ...BASE, [LABELS.slot]: 'blue' }

  test('is needed: an apply of ours that stops naming the selector takes it away', async () => {
    await cluster.apply(serviceObject('unclaimed', { selector }), OURS)
    expect(readPointer(await cluster.apply(serviceObject('unclaimed'), OURS)).selector).toEqual({})
  })

  test('is no matter of a patch: one that sets the equal value owns nothing of it', async () => {
    const applied = await cluster.apply(serviceObject('patched', { selector }), OURS)
    const same = await moveService(cluster, applied, { to: slotBackend('blue'), move: nextMove() })
    expect(fieldOwners(same, ['spec', 'selector']).map(({ manager }) => manager)).toEqual(['fairlead'])
  })

  test('keeps the selector, also beside a move label of ours, and leaves it to the next move', async () => {
    const applied = await cluster.apply(serviceObject('claimed', { selector }), OURS)
    const fenced = await moveService(cluster, applied, { to: slotBackend('blue'), move: nextMove() })
    const claimed = await claimPointer(cluster, fenced)
    expect(ownersOf(claimed)).toEqual(['fairlead Apply', 'fairlead-pointer Apply'])
    const kept = await cluster.apply(serviceObject('claimed'), OURS)
    expect(readPointer(kept)).toMatchObject({ selector, move: readPointer(fenced).move })
    const moved = await moveService(cluster, kept, { to: slotBackend('green'), move: nextMove() })
    expect(ownersOf(moved)).toEqual([`${POINTER_MANAGER} Update`])
    expect(readPointer(await cluster.apply(serviceObject('claimed'), OURS)).backend).toEqual(slotBackend('green'))
  })

  test('is fenced: a version that is not the newest is read again, a pointer that moved is named', async () => {
    const applied = await cluster.apply(serviceObject('raced', { selector }), OURS)
    await kubectl('label', 'service', 'raced', 'tier=front')
    const claimed = await claimPointer(cluster, applied)
    expect(claimed.metadata.labels).toEqual({ tier: 'front' })
    const again = await cluster.apply(serviceObject('raced-too', { selector }), OURS)
    await kubectl('patch', 'service', 'raced-too', '--type=merge', '-p', '{"spec":{"selector":{"fairlead.dev/slot":"green"}}}')
    expect(await faultOf(claimPointer(cluster, again))).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('kubectl-patch') })
  })
})

function host(): Host {
  if (process.env['KUBECONFIG'] === undefined) throw new Error('KUBECONFIG is not set, expected it to name a real cluster')
  return {
    environment: process.env,
    workspace: process.cwd(),
    temporaryFolder: tmpdir(),
    origin: { holder: 'ann@laptop #1', actor: 'ann' },
    clock: systemClock,
    signal: new AbortController().signal,
    mask: () => undefined,
  }
}

function nextMove(): string {
  token += 1
  return `20-${token}`
}

function named(kind: string, name: string): ObjectReference {
  return { resource: resource(kind), namespace, name }
}

function serviceObject(name: string, spec: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { ports: [{ port: 80, targetPort: 8080 }], ...spec } }
}

function sliceByHand(service: string): KubeObject {
  const labels = { [SLICE_LABELS.service]: service, [SLICE_LABELS.managedBy]: 'staff' }
  const body = { addressType: 'IPv4', endpoints: [{ addresses: ['10.9.9.9'] }], ports: [] }
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'by-hand', namespace, labels }, ...body }
}

/** Made as a user makes it: by kubectl create, which is an Update. */
async function makeService(name: string, slot: SlotName, base: Readonly<Record<string, string>> = BASE): Promise<KubeObject> {
  return cluster.create(serviceObject(name, { selector: { ...base, [LABELS.slot]: slot } }), TEST)
}

async function moved(service: KubeObject, slot: SlotName, { atLeast, timeout }: { readonly atLeast: number; readonly timeout: number }): Promise<MoveProof> {
  const [move, backend] = [nextMove(), slotBackend(slot)]
  using proof = openProof(cluster, { service, backend, atLeast }, { clock: systemClock })
  await moveService(cluster, service, { to: backend, move })
  return await proof.await(move, { timeout })
}

function slotDeployment(slot: SlotName, { name = `web-${slot}`, app = 'web', path = '/ready' } = {}): KubeObject {
  const labels = { app, [LABELS.slot]: slot }
  const image = `127.0.0.1:5000/shop:${slot === 'blue' ? 1 : 2}`
  const container = { name: 'shop', image, readinessProbe: { httpGet: { path, port: 8080 }, periodSeconds: 1 } }
  const template = { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [container] } }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: { replicas: 2, selector: { matchLabels: labels }, template },
  }
}

async function read(name: string): Promise<KubeObject> {
  const found = await cluster.get(named('Service', name))
  if (found === undefined) throw new Error(`Service ${name}: expected it to be there`)
  return found
}

async function slicesOf(service: string): Promise<readonly KubeObject[]> {
  return (await cluster.list({ resource: resource('EndpointSlice'), namespace, labelSelector: `${SLICE_LABELS.service}=${service}` })).items
}

async function podsOf(slot: SlotName, app = 'web'): Promise<readonly KubeObject[]> {
  return (await cluster.list({ resource: resource('Pod'), namespace, labelSelector: `app=${app},${LABELS.slot}=${slot}` })).items
}

async function podUids(slot: SlotName): Promise<readonly string[]> {
  return (await podsOf(slot)).map(({ metadata }) => metadata.uid ?? '').toSorted()
}

async function replicaSetUid(slot: SlotName): Promise<string> {
  return (await podsOf(slot))[0]?.metadata.ownerReferences?.[0]?.uid ?? 'none'
}

function ownersOf(service: KubeObject): readonly string[] {
  return fieldOwners(service, ['spec', 'selector'])
    .map(({ manager, operation }) => `${manager} ${operation}`)
    .toSorted()
}

async function kubectl(...args: readonly string[]): Promise<void> {
  await promisify(execFile)('kubectl', ['-n', namespace, ...args])
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 600; turn += 1) {
    if (await holds()) return
    await systemClock.sleep(100)
  }
  throw new Error(`waited 60 s for ${what}`)
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0)
  return `median ${at(0.5)} ms, 90 % ${at(0.9)} ms, max ${at(1)} ms of ${sorted.length}`
}
