import { systemClock, type Host } from '@fairlead/base'
import { knownResourceNamed, referenceTo, type Cluster, type KubeObject, type Resource } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitHealthy, type HealthReport } from '../src/index.ts'
import { sickVersions, type Version } from './sick-versions.ts'

const MANAGER = { manager: 'health-test' }
const IN_TIME = 5
/** By so much we may be before the observer, which looks every 50 ms, more on a busy machine, and does not read the Events that prove an earlier beginning. */
const OBSERVER_LAG = 3
const namespaces: string[] = []
let cluster: Cluster

beforeAll(async () => {
  cluster = await connectCluster({ allowExecPlugin: [], allowInsecure: false }, host())
})

afterAll(async () => {
  for (const name of namespaces) await cluster.delete({ resource: kind('Namespace'), name }, { propagation: 'Background' })
  cluster.close()
})

describe('awaitHealthy on a real cluster', () => {
  test.concurrent.each(sickVersions)('names $name within 5 s of being certain', async (version) => {
    const { report, endedAt, certainAt } = await deploy(version)
    const late = (endedAt - certainAt) / 1_000
    const said = summaryOf(report)
    process.stdout.write(`${said.cause}: ${late.toFixed(2)} s after it was certain, ${report.seconds.toFixed(1)} s in all: ${said.says}\n`)
    expect(said).toEqual({ cause: version.cause ?? 'healthy', says: expect.stringMatching(version.says), log: expect.stringMatching(version.log ?? /^/) })
    expect(late).toBeLessThan(IN_TIME)
    expect(late).toBeGreaterThan(-OBSERVER_LAG)
  })
})

function summaryOf({ targets: [target] }: HealthReport): { readonly cause: string; readonly says: string; readonly log: string } {
  if (target?.diagnosis === undefined) return { cause: target?.health.status === 'Healthy' ? 'healthy' : 'none', says: '', log: '' }
  return { cause: target.diagnosis.cause, says: target.diagnosis.message, log: target.log?.text ?? '' }
}

interface Observed {
  readonly report: HealthReport
  readonly endedAt: number
  /** When an observer of its own saw what makes the cause certain by definition. */
  readonly certainAt: number
}

async function deploy(version: Version): Promise<Observed> {
  const namespace = `health-${version.cause ?? 'healthy'}-${process.pid}-${namespaces.length}`
  namespaces.push(namespace)
  await cluster.create(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, ...(version.labels === undefined ? {} : { labels: version.labels }) } },
    MANAGER,
  )
  await prepare(version, namespace)
  const made = await cluster.create(inNamespace(version.deployment, namespace), MANAGER)
  const startedAt = systemClock.now()
  const observed = observe(version, namespace, startedAt)
  const target = { reference: referenceTo(kind('Deployment'), made), generation: made.metadata.generation ?? 0, uid: made.metadata.uid ?? '' }
  const report = await awaitHealthy(cluster, [target], { clock: systemClock, timeout: version.timeout ?? 100_000 })
  const endedAt = systemClock.now()
  return { report, endedAt, certainAt: await observed }
}

/** What the cluster's own controllers must have taken in before the Deployment comes. */
async function prepare({ quota }: Version, namespace: string): Promise<void> {
  await until(async () => (await cluster.get({ resource: kind('ServiceAccount'), namespace, name: 'default' })) !== undefined)
  if (quota === undefined) return
  const made = await cluster.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'compute', namespace }, spec: { hard: quota } }, MANAGER)
  await until(async () => ((await cluster.get(referenceTo(kind('ResourceQuota'), made)))?.status as { hard?: unknown } | undefined)?.hard !== undefined)
}

/** Looks every 50 ms for the fact that makes the cause certain, with no code of what is tested; `patience` later it is. */
async function observe({ fact, patience = 0, timeout = 0 }: Version, namespace: string, startedAt: number): Promise<number> {
  if (fact === undefined) return startedAt + timeout
  for (let turn = 0; turn < 1_500; turn += 1) {
    const { items } = await cluster.list({ resource: kind(fact.kind), namespace })
    if (items.some((item) => fact.shows(item))) return systemClock.now() + patience
    await systemClock.sleep(50)
  }
  throw new Error(`${namespace}: the observer has not seen what it looks for, expected it within 75 s`)
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) {
    if (await holds()) return
    await systemClock.sleep(100)
  }
  throw new Error('waited 30 s for the cluster, expected it to take in what was made')
}

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } }
}

function kind(name: string): Resource {
  const resource = knownResourceNamed(name)
  if (resource === undefined) throw new Error(`${name}: expected a known kind`)
  return resource
}

function host(): Host {
  if (process.env['KUBECONFIG'] === undefined) throw new Error('KUBECONFIG is not set, expected it to name a real cluster')
  return {
    environment: process.env,
    workspace: process.cwd(),
    temporaryFolder: tmpdir(),
    clock: systemClock,
    signal: new AbortController().signal,
    mask: () => undefined,
  }
}
