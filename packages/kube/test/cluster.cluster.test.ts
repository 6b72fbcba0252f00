import { isFault, systemClock, type Host } from '@fairlead/base'
import type { Cluster } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { describeCluster } from '@fairlead/kube/conformance'
import { tmpdir } from 'node:os'
import { afterAll } from 'vitest'

const host: Host = {
  environment: process.env,
  workspace: process.cwd(),
  temporaryFolder: tmpdir(),
  origin: { holder: 'ann@laptop #1', actor: 'ann' },
  clock: systemClock,
  signal: new AbortController().signal,
  mask: () => undefined,
}

const run = `${process.pid}-${Date.now().toString(36)}`
const namespace = `conformance-${run}`
const group = `run-${run}.fairlead.test`

describeCluster('the API server', async () => {
  const cluster = await connect()
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { manager: 'conformance' })
  return { cluster, namespace, forgotten: () => forgottenKind(cluster) }
})

afterAll(async () => {
  const cluster = await connect()
  await cluster.delete({ resource: await cluster.resourceNamed('namespaces'), name: namespace })
  await cluster.delete({ resource: await cluster.resourceNamed('crd'), name: `probes.${group}` })
  cluster.close()
})

function connect(): Promise<Cluster> {
  return connectCluster({ allowExecPlugin: [], allowInsecure: false }, host)
}

/** A kind that is new to the API server: it remembers nothing of it from before. */
async function forgottenKind(cluster: Cluster) {
  await cluster.create(
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `probes.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { plural: 'probes', singular: 'probe', kind: 'Probe', shortNames: ['prb'] },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
      },
    },
    { manager: 'conformance' },
  )
  const resource = await served(() => cluster.resourceNamed(`prb.${group}`))
  await served(() => cluster.list({ resource, namespace }))
  // Its watch cache comes a little later still, and answers 429 until then.
  await served(() => firstOf(cluster.watch({ resource, namespace }, { resourceVersion: '0', signal: AbortSignal.timeout(200) })))
  return { selection: { resource, namespace }, resourceVersion: '1' }
}

/** Opens a watch and lets it run out of its time: a quiet one is as good as one with events. */
async function firstOf(events: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of events) return
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'TimeoutError')) throw error
  }
}

/** A kind is served some moments after it was created. */
async function served<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left -= 1) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0 || !(isFault(error, 'UNSUPPORTED') || isFault(error, 'UNAVAILABLE'))) throw error
      await systemClock.sleep(100)
    }
  }
}
