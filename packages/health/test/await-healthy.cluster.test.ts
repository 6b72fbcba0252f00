import { systemClock } from '@fairlead/base'
import { knownResourceNamed, referenceTo, type Cluster, type KubeObject, type Resource } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awaitHealthy, type HealthReport } from '../src/index.ts'
import { realHost } from './real-host.ts'
import { sickVersions, type Version } from './sick-versions.ts'

const MANAGER = { manager: 'health-test' }
const namespaces: string[] = []
let cluster: Cluster

beforeAll(async () => {
  cluster = await connectCluster({ allowExecPlugin: [], allowInsecure: false }, realHost())
})

afterAll(async () => {
  for (const name of namespaces) await cluster.delete({ resource: kind('Namespace'), name }, { propagation: 'Background' })
  cluster.close()
})

describe('awaitHealthy on a real cluster', () => {
  test.concurrent.each(sickVersions)('names $name', async (version) => {
    const said = summaryOf(await deploy(version))
    expect(said).toEqual({ cause: version.cause ?? 'healthy', says: expect.stringMatching(version.says), log: expect.stringMatching(version.log ?? /^/) })
  })
})

function summaryOf({ targets: [target] }: HealthReport): { readonly cause: string; readonly says: string; readonly log: string } {
  if (target?.diagnosis === undefined) return { cause: target?.health.status === 'Healthy' ? 'healthy' : 'none', says: '', log: '' }
  return { cause: target.diagnosis.cause, says: target.diagnosis.message, log: target.log?.text ?? '' }
}

async function deploy(version: Version): Promise<HealthReport> {
  const namespace = `health-${version.cause ?? 'healthy'}-${process.pid}-${namespaces.length}`
  namespaces.push(namespace)
  await cluster.create(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, ...(version.labels === undefined ? {} : { labels: version.labels }) } },
    MANAGER,
  )
  await prepare(version, namespace)
  const made = await cluster.create(inNamespace(version.deployment, namespace), MANAGER)
  const target = { reference: referenceTo(kind('Deployment'), made), generation: made.metadata.generation ?? 0, uid: made.metadata.uid ?? '' }
  return await awaitHealthy(cluster, [target], { clock: systemClock, timeout: version.timeout ?? 100_000 })
}

/** What the cluster's own controllers must have taken in before the Deployment comes. */
async function prepare({ quota }: Version, namespace: string): Promise<void> {
  await until(async () => (await cluster.get({ resource: kind('ServiceAccount'), namespace, name: 'default' })) !== undefined)
  if (quota === undefined) return
  const made = await cluster.create({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'compute', namespace }, spec: { hard: quota } }, MANAGER)
  await until(async () => ((await cluster.get(referenceTo(kind('ResourceQuota'), made)))?.status as { hard?: unknown } | undefined)?.hard !== undefined)
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
