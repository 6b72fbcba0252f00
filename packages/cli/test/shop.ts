import { run, type Report } from '@fairlead/action'
import { ManualClock } from '@fairlead/base/testing'
import type { KubeObject } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import type { Journal } from '@fairlead/rollout'
import { historyOperation } from '../src/commands/history.ts'
import { statusOperation } from '../src/commands/status.ts'

export const DIGEST = `sha256:${'a'.repeat(64)}`
export const NOTES = {
  one: { number: 1, identity: 'id-1', images: [`ghcr.io/shop/web:1@${DIGEST}`], at: '2026-01-01T00:00:00.000Z' },
  two: { number: 2, identity: 'id-2', images: ['ghcr.io/shop/web:2'], source: { repository: 'acme/shop', commit: '1a2b3c4d'.repeat(5) } },
  three: { number: 3, identity: 'id-3', images: ['ghcr.io/shop/web:3'] },
} as const

/** Release 2 serves from green, release 1 stands by in blue. */
export const SETTLED: Journal = {
  format: 1,
  token: 2,
  last: 2,
  active: { backend: { type: 'slot', slot: 'green' }, release: NOTES.two },
  previous: { backend: { type: 'slot', slot: 'blue' }, release: NOTES.one },
}

/** A namespace with apps as a cluster and their journals have them. */
export class Shop {
  readonly clock = new ManualClock()
  readonly cluster = new FakeCluster({ clock: this.clock, namespaces: ['shop'] })

  seed(...objects: readonly KubeObject[]): this {
    this.cluster.seed(...objects)
    return this
  }

  journal(journal: Journal | string, app = 'web'): this {
    const data = { journal: typeof journal === 'string' ? journal : JSON.stringify(journal) }
    const metadata = { name: `fairlead.${app}`, labels: { 'fairlead.dev/app': app } }
    return this.seed({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as KubeObject)
  }

  service(selector: Readonly<Record<string, string>>, name = 'web'): this {
    return this.seed({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { selector: { app: name, ...selector }, ports: [{ port: 80 }] } })
  }

  deployment(
    name: string,
    {
      replicas,
      ready = replicas,
      release,
      paused = false,
    }: { replicas: number; ready?: number; release?: { identity: string; images: readonly string[] }; paused?: boolean },
  ): this {
    const annotations = release === undefined ? {} : { 'fairlead.dev/release': release.identity }
    const containers = (release?.images ?? ['nginx']).map((image, index) => ({ name: `c${index}`, image }))
    const spec = {
      replicas,
      ...(paused ? { paused } : {}),
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    }
    return this.seed({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, uid: `uid-${name}`, generation: 1, annotations },
      spec,
      status: { observedGeneration: 99, availableReplicas: ready },
    })
  }

  /** Release 2 serves from green, release 1 stands by cold in blue. */
  settled(journal: Journal = SETTLED): this {
    return this.journal(journal)
      .service({ 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'green' })
      .deployment('web-green', { replicas: 2, release: NOTES.two })
      .deployment('web-blue', { replicas: 0, release: NOTES.one })
  }

  lease(holderIdentity: string, renewTime: string): this {
    return this.seed({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'fairlead.web' },
      spec: { holderIdentity, renewTime, leaseDurationSeconds: 60, leaseTransitions: 2 },
    })
  }

  status(inputs: Readonly<Record<string, string>> = { app: 'web' }): Promise<Report> {
    return this.#run(statusOperation, inputs)
  }

  history(inputs: Readonly<Record<string, string>> = { app: 'web' }): Promise<Report> {
    return this.#run(historyOperation, inputs)
  }

  #run(operation: typeof statusOperation | typeof historyOperation, inputs: Readonly<Record<string, string>>): Promise<Report> {
    const { clock } = this
    const host = {
      environment: {},
      workspace: '/w',
      temporaryFolder: '/t',
      origin: { holder: 'ann@laptop #1', actor: 'ann' },
      clock,
      signal: new AbortController().signal,
      mask: () => undefined,
    }
    const options = { host, read: (name: string) => inputs[name], print: () => undefined, leave: () => undefined }
    const connect = async () => ({ cluster: this.cluster })
    return operation === statusOperation ? run(statusOperation, { ...options, connect }) : run(historyOperation, { ...options, connect })
  }
}

/** The lines of a report that a person reads, one app after the other. */
export function linesOf({ summary }: Report): readonly string[] {
  return summary.flatMap((block) => (block.type === 'list' ? block.items : block.type === 'heading' ? [block.text] : []))
}
