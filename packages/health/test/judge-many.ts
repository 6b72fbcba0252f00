import { systemClock } from '@fairlead/base'
import { knownResourceNamed, referenceTo } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { subscribe } from 'node:diagnostics_channel'
import { awaitHealthy } from '../src/index.ts'
import { realHost } from './real-host.ts'

/** What a run over many Deployments costs. Run as a program of its own, so that its memory is its own: `judge-many.ts <namespace>`. */
export interface Cost {
  readonly status: string
  readonly ended: string
  readonly targets: number
  readonly seconds: number
  readonly watches: number
  /** All other requests that left this process after the targets were known. */
  readonly requests: number
  readonly processorSeconds: number
  readonly megabytes: number
  readonly changes: number
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(await judgeMany(process.argv[2] ?? 'default'))}\n`)

async function judgeMany(namespace: string): Promise<Cost> {
  const cluster = await connectCluster({ allowExecPlugin: [], allowInsecure: false }, realHost())
  const resource = knownResourceNamed('deployments')
  if (resource === undefined) throw new Error('deployments: expected a known kind')
  const { items } = await cluster.list({ resource, namespace })
  const paths: string[] = []
  subscribe('http.client.request.created', (message) => paths.push(pathOf(message)))
  let changes = 0
  const targets = items.map((item) => ({ reference: referenceTo(resource, item) }))
  const report = await awaitHealthy(cluster, targets, { clock: systemClock, timeout: 300_000, onChange: () => (changes += 1) })
  cluster.close()
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const watches = paths.filter((path) => path.includes('watch=')).length
  return {
    status: report.status,
    ended: report.ended,
    targets: targets.length,
    seconds: report.seconds,
    watches,
    requests: paths.length - watches,
    processorSeconds: (userCPUTime + systemCPUTime) / 1e6,
    megabytes: Math.round(maxRSS / 1_024),
    changes,
  }
}

function pathOf(message: unknown): string {
  const request = typeof message === 'object' && message !== null && 'request' in message ? message.request : undefined
  return typeof request === 'object' && request !== null && 'path' in request && typeof request.path === 'string' ? request.path : ''
}
