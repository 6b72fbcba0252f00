import { milliseconds, systemClock, type Host } from '@fairlead/base'
import { knownResourceNamed, roleYaml, valueAt, type Cluster, type KubeObject, type ObjectReference } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  acquireLock,
  FENCE_ACCESS,
  FENCE_LABEL,
  fenceApp,
  leaseReference,
  lockAccess,
  readLease,
  type Lock,
  type LockRequest,
  type LockWorld,
} from '../../src/lock/index.ts'

const TEST = { manager: 'lock-test' }
const OURS = { manager: 'fairlead' }
const CONTENDERS = 20
const namespace = `lock-${process.pid}-${Date.now().toString(36)}`

let cluster: Cluster

beforeAll(async () => {
  cluster = await connect()
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, TEST)
  await until('the account of the namespace', async () => (await cluster.get(named('ServiceAccount', 'default'))) !== undefined)
})

afterAll(async () => {
  await cluster.delete({ resource: resource('Namespace'), name: namespace })
  cluster.close()
})

describe('twenty contenders for one lock on a real cluster', () => {
  test('hold it one at a time, each with a greater token than the one before, and nobody is lost', async () => {
    const seen = await readLease(cluster, { namespace, app: 'web' })
    const holding = new Set<string>()
    const most: number[] = []
    const tokens: number[] = []
    const lost: string[] = []
    await Promise.all(
      numbered(CONTENDERS).map(async (holder) => {
        const lock = await acquireLock(requestOf({ holder, seen }), world())
        holding.add(holder)
        most.push(holding.size)
        tokens.push(lock.token)
        expect(valueAt((await readLease(cluster, { namespace, app: 'web' })).lease, ['spec', 'holderIdentity'])).toBe(holder)
        await systemClock.sleep(20)
        if (lock.lost.aborted) lost.push(holder)
        holding.delete(holder)
        await lock.release()
      }),
    )
    expect(most).toEqual(Array.from({ length: CONTENDERS }, () => 1))
    expect(tokens).toEqual(Array.from({ length: CONTENDERS }, (_, index) => index + 1))
    expect(lost).toEqual([])
    expect(valueAt((await readLease(cluster, { namespace, app: 'web' })).lease, ['spec'])).toMatchObject({ holderIdentity: '', leaseTransitions: CONTENDERS })
  })

  test('let one of them take over from a holder that was killed', async () => {
    const { apiVersion, kind } = leaseReference(namespace, 'killed').resource
    const spec = { holderIdentity: 'killed #1', leaseDurationSeconds: 15, leaseTransitions: 3, renewTime: '2020-01-01T00:00:00.000000Z' }
    await cluster.create({ apiVersion, kind, metadata: { name: 'fairlead.killed', namespace }, spec }, TEST)
    const seen = await readLease(cluster, { namespace, app: 'killed' })
    const locks: Lock[] = []
    await Promise.all(
      numbered(5).map(async (holder) => {
        const lock = await acquireLock(requestOf({ holder, seen, app: 'killed' }), world())
        locks.push(lock)
        await lock.release()
      }),
    )
    expect(locks.map(({ token, overtaken, undisturbed }) => ({ token, overtaken, undisturbed }))).toEqual(
      [4, 5, 6, 7, 8].map((token) => ({ token, overtaken: token === 4 ? 'killed #1' : undefined, undisturbed: false })),
    )
  })
})

describe('lockAccess and FENCE_ACCESS on a real cluster', () => {
  test('are enough to take, release and fence, and no more than is needed', async () => {
    await kubectl('create', 'serviceaccount', 'bot')
    await kubectl('create', 'rolebinding', 'bot', '--role=bot', `--serviceaccount=${namespace}:bot`)
    const rules = [...lockAccess('narrow'), ...FENCE_ACCESS]
    await cluster.create(deployment('narrow'), TEST)
    const bot = await connect((await kubectl('create', 'token', 'bot')).trim())
    try {
      expect(await takeAs(bot, rules)).toBe('taken and released')
      await cluster.delete(leaseReference(namespace, 'narrow'))
      for (const verb of ['create', 'update']) {
        const fewer = rules.map((rule) => (rule.resource === 'leases' ? { ...rule, verbs: rule.verbs.filter((each) => each !== verb) } : rule))
        expect(await takeAs(bot, fewer)).toBe('ACCESS_DENIED')
      }
      expect(await takeAs(bot, lockAccess('another'))).toBe('ACCESS_DENIED')
    } finally {
      bot.close()
    }
  })
})

describe('fenceApp on a real cluster', () => {
  test('marks a Deployment so that a later apply of ours, which does not name the mark, neither is refused nor takes it away', async () => {
    await cluster.apply(deployment('fenced-blue'), OURS)
    const before = await read('Deployment', 'fenced-blue')
    await fenceApp(cluster, { namespace, app: 'fenced', services: [] }, 8)
    const fenced = await read('Deployment', 'fenced-blue')
    expect([fenced.metadata.labels, fenced.metadata.generation, fenced.spec]).toEqual([
      { app: 'web', [FENCE_LABEL]: '8' },
      before.metadata.generation,
      before.spec,
    ])
    const applied = await cluster.apply(deployment('fenced-blue', { image: 'example.invalid/shop:2', labels: { app: 'web', tier: 'front' } }), OURS)
    expect(applied.metadata.labels).toEqual({ app: 'web', tier: 'front', [FENCE_LABEL]: '8' })
    await fenceApp(cluster, { namespace, app: 'fenced', services: [] }, 9)
    expect((await read('Deployment', 'fenced-blue')).metadata.labels?.[FENCE_LABEL]).toBe('9')
  })

  test('marks no ReplicaSet and rolls nothing', async () => {
    await cluster.apply(deployment('still-green', { replicas: 1 }), OURS)
    await until('its ReplicaSet', async () => (await replicaSets('still-green')).length === 1)
    const before = await replicaSets('still-green')
    await fenceApp(cluster, { namespace, app: 'still', services: [] }, 8)
    await until('the controller', async () => valueAt(await read('Deployment', 'still-green'), ['status', 'observedGeneration']) === 1)
    await systemClock.sleep(1_000)
    const after = await replicaSets('still-green')
    expect(after.map(({ metadata: { uid, labels } }) => ({ uid, labels }))).toEqual(before.map(({ metadata: { uid, labels } }) => ({ uid, labels })))
  })

  test('marks a pointer and, through the controller, its slices; who serves stays as it is', async () => {
    await cluster.create(deployment('shop', { replicas: 2, image: '127.0.0.1:5000/shop:1', labels: { app: 'shop' } }), TEST)
    const body = { selector: { app: 'shop' }, ports: [{ port: 80, targetPort: 8080 }] }
    await cluster.create({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop', namespace }, spec: body }, TEST)
    await until('two endpoints', async () => (await endpoints('shop')).length === 2)
    const before = await endpoints('shop')
    await fenceApp(cluster, { namespace, app: 'shop', services: ['shop', 'none-such'] }, 8)
    await until('the move label on every slice', async () => (await slices('shop')).every(({ metadata }) => metadata.labels?.['fairlead.dev/move'] === '8-0'))
    expect(await endpoints('shop')).toEqual(before)
    const pointer = await read('Service', 'shop')
    expect([pointer.metadata.labels, valueAt(pointer, ['spec', 'selector'])]).toEqual([{ 'fairlead.dev/move': '8-0' }, { app: 'shop' }])
  })
})

/** Takes and releases the lock of `narrow`, and fences it, with these rights and no others. */
async function takeAs(bot: Cluster, rules: Parameters<typeof roleYaml>[0]['rules']): Promise<string> {
  await cluster.apply(JSON.parse(await yamlToJson(roleYaml({ name: 'bot', namespace, rules }))) as KubeObject, TEST)
  await systemClock.sleep(1_000)
  try {
    const seen = await readLease(bot, { namespace, app: 'narrow' })
    const said: string[] = []
    const lock = await acquireLock(requestOf({ holder: 'bot #1', seen, app: 'narrow' }), { ...world(), cluster: bot, say: (line) => void said.push(line) })
    await fenceApp(bot, { namespace, app: 'narrow', services: ['narrow'] }, lock.token)
    await lock.release()
    return said.length === 0 ? 'taken and released' : said.join('; ')
  } catch (error) {
    return valueAt(error, ['code']) as string
  }
}

async function yamlToJson(yaml: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'printf %s "$0" | kubectl create --dry-run=client -o json -f -', yaml])
  return stdout
}

function requestOf(part: Pick<LockRequest, 'holder' | 'seen'> & Partial<LockRequest>): LockRequest {
  return { purpose: 'release', app: 'web', namespace, timeout: milliseconds(150_000), after: 0, ...part }
}

function world(): LockWorld {
  return { cluster, clock: systemClock, signal: new AbortController().signal, liveness: { isOver: async () => undefined }, say: () => undefined }
}

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `contender #${index}`)
}

interface DeploymentPart {
  readonly replicas?: number
  readonly image?: string
  readonly labels?: Readonly<Record<string, string>>
}

function deployment(name: string, { replicas = 0, image = 'example.invalid/shop:1', labels = { app: 'web' } }: DeploymentPart = {}): KubeObject {
  const pods = { app: labels['app'] ?? 'web', name }
  const template = { metadata: { labels: pods }, spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'shop', image }] } }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace, labels }, spec: { replicas, selector: { matchLabels: pods }, template } }
}

async function replicaSets(name: string): Promise<readonly KubeObject[]> {
  return (await cluster.list({ resource: resource('ReplicaSet'), namespace, labelSelector: `name=${name}` })).items
}

async function slices(service: string): Promise<readonly KubeObject[]> {
  return (await cluster.list({ resource: resource('EndpointSlice'), namespace, labelSelector: `kubernetes.io/service-name=${service}` })).items
}

/** The Pods that take traffic. */
async function endpoints(service: string): Promise<readonly string[]> {
  const all = (await slices(service)).flatMap((slice) => (valueAt(slice, ['endpoints']) ?? []) as readonly object[])
  return all
    .filter((endpoint) => valueAt(endpoint, ['conditions', 'ready']) === true)
    .map((endpoint) => String(valueAt(endpoint, ['targetRef', 'uid'])))
    .toSorted()
}

async function read(kind: string, name: string): Promise<KubeObject> {
  const found = await cluster.get(named(kind, name))
  if (found === undefined) throw new Error(`${kind} ${name}: expected it to be there`)
  return found
}

function named(kind: string, name: string): ObjectReference {
  return { resource: resource(kind), namespace, name }
}

function resource(kind: string): ObjectReference['resource'] {
  const found = knownResourceNamed(kind)
  if (found === undefined) throw new Error(`${kind}: expected a kind of Kubernetes' own`)
  return found
}

async function kubectl(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('kubectl', ['-n', namespace, ...args])).stdout
}

/** Connects as whom KUBECONFIG names, or with a token alone. */
async function connect(token?: string): Promise<Cluster> {
  const inputs = { allowExecPlugin: [], allowInsecure: false }
  if (token === undefined) return connectCluster(inputs, host())
  const { stdout } = await promisify(execFile)('kubectl', ['config', 'view', '--raw', '--minify', '-o', 'json'])
  const config = JSON.parse(stdout) as { readonly contexts: readonly { readonly context: { readonly user: string } }[] }
  const users = config.contexts.map(({ context }) => ({ name: context.user, user: { token } }))
  return connectCluster({ ...inputs, kubeconfig: JSON.stringify({ ...config, users }) }, host())
}

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

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 600; turn += 1) {
    if (await holds()) return
    await systemClock.sleep(100)
  }
  throw new Error(`waited 60 s for ${what}`)
}
