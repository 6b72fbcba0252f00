import { knownResourceNamed, type KubeObject } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Cost } from './judge-many.ts'
import { realHost } from './real-host.ts'

const PROGRAM = fileURLToPath(new URL('judge-many.ts', import.meta.url))
const namespace = `many-${process.pid}`

function deployment(index: number): KubeObject {
  const labels = { app: `web-${index}` }
  const container = { name: 'shop', image: '127.0.0.1:5000/shop:1', readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 2 } }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `web-${index}`, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 0, containers: [container] } },
    },
  }
}

describe('awaitHealthy over a hundred Deployments that start at once', () => {
  test('needs at most ten requests beside its watches', { timeout: 300_000 }, async () => {
    const cluster = await connectCluster({ allowExecPlugin: [], allowInsecure: false }, realHost())
    const resource = knownResourceNamed('namespaces')
    if (resource === undefined) throw new Error('namespaces: expected a known kind')
    await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, { manager: 'health-test' })
    try {
      for (let index = 0; index < 100; index += 1) await cluster.create(deployment(index), { manager: 'health-test' })
      const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', PROGRAM, namespace])
      const cost: Cost = JSON.parse(stdout)
      expect(cost).toMatchObject({ status: 'Healthy', ended: 'healthy', targets: 100 })
      expect(cost.requests).toBeLessThanOrEqual(10)
    } finally {
      await cluster.delete({ resource, name: namespace }, { propagation: 'Background' })
      cluster.close()
    }
  })
})
