/** How long after a cause is certain, by the rules of the specification, the bundle has named it and ended. */
import { join } from 'node:path'
import { runBundle } from '@fairlead/bundle'
import { manifestOf } from '../../demo/manifest.ts'
import { VERSIONS } from '../../demo/versions.ts'
import { ACTIONS, adminKubeconfig, makePlace } from '../cluster/cluster.ts'
import { prove, type Row } from './rows.ts'
import { firstSign, type Seen, type Sign } from './watcher.ts'

const waiting = ({ status }: Seen) => (status?.containerStatuses ?? []).map(({ state }) => state?.['waiting'])
const PODS = '/api/v1/namespaces/{}/pods'

/** Where the sign shows, what it is, and how many milliseconds after it the cause is certain. */
const CERTAIN: Readonly<Record<string, { readonly path: string; readonly sign: Sign; readonly after: number }>> = {
  'missing-image': { path: PODS, sign: (pod) => waiting(pod).some((state) => state?.message?.includes('not found') === true), after: 0 },
  // The second exit: the container has been started again and is not running any more.
  crash: {
    path: PODS,
    sign: ({ status }) => (status?.containerStatuses ?? []).some(({ restartCount, state }) => restartCount >= 1 && state?.['running'] === undefined),
    after: 0,
  },
  'missing-config': { path: PODS, sign: (pod) => waiting(pod).some((state) => state?.reason === 'CreateContainerConfigError'), after: 5_000 },
  quota: {
    path: '/apis/apps/v1/namespaces/{}/replicasets',
    sign: ({ status }) => (status?.conditions ?? []).some(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True'),
    after: 0,
  },
  unschedulable: { path: PODS, sign: ({ status }) => (status?.conditions ?? []).some(({ reason }) => reason === 'Unschedulable'), after: 30_000 },
}

await prove({
  name: 'six-causes',
  title: 'Seconds from certainty to the named cause',
  command: 'npx -y pnpm@12 prove six-causes',
  runs: 5,
  actions: ['health-check'],
  measure: async () => {
    const rows: Row[] = []
    for (const version of VERSIONS) if (version.cause !== undefined) rows.push({ what: version.name, unit: 's', value: await measure(version.name) })
    return rows
  },
})

async function measure(name: string): Promise<number> {
  const version = VERSIONS.find((each) => each.name === name)
  if (version === undefined) throw new Error(name)
  const place = await makePlace('figures')
  const { path, sign, after } = CERTAIN[name] ?? { path: PODS, sign: () => false, after: 0 }
  const watcher = firstSign(place.namespace, path, sign)
  try {
    const manifest = await manifestOf(version)
    await place.apply(manifest)
    const started = performance.now()
    const timeout = version.timeout ?? '2m'
    const record = await runBundle({
      action: join(ACTIONS, 'health-check'),
      inputs: { manifests: 'shop.yaml', namespace: place.namespace, timeout },
      workspace: { 'shop.yaml': manifest },
      environment: { KUBECONFIG: adminKubeconfig() },
    })
    const ended = performance.now()
    const [first] = JSON.parse(record.outputs['diagnosis'] ?? '[]') as readonly { readonly cause?: string }[]
    if (first?.cause !== version.cause) throw new Error(`${name}: expected ${version.cause}, got ${first?.cause}\n${record.raw}`)
    // A probe that fails is only certain when the time is up: the bundle's own deadline, counted from its start.
    const certain = version.timeout === undefined ? (await watcher.seen) + after : started + Number.parseInt(timeout, 10) * 1_000
    return (ended - certain) / 1_000
  } finally {
    watcher.stop()
    await place.remove()
  }
}
