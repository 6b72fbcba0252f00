import { ManualClock } from '@fairlead/base/testing'
import { knownResourceNamed, type KubeObject, type Resource } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { awaitHealthy, type AwaitOptions, type HealthReport, type Target } from '../src/index.ts'
import { fixture } from './fixture.ts'

export const MINUTES_10 = 600_000

/** Names an object of the namespace that the fixtures are in. */
export function reference(kind: string, name: string): Target {
  const resource = knownResourceNamed(kind)
  if (resource === undefined) throw new Error(`${kind}: expected a known kind`)
  return { reference: { resource, namespace: 'shop', name } }
}

export const WEB = reference('Deployment', 'web')

/** A cluster that shows fixtures, and a wait in it that the test moves through. */
export class Stage {
  readonly clock = new ManualClock()
  readonly cluster: FakeCluster
  readonly changes: string[] = []
  report: HealthReport | undefined
  fault: unknown
  endedAt: number | undefined

  constructor(resources: readonly Resource[] = []) {
    this.cluster = new FakeCluster({ clock: this.clock, namespaces: ['shop'], resources })
  }

  /** Puts objects in place as a controller would, over what is there. */
  show(...names: readonly string[]): this {
    for (const name of names) {
      const { object, others } = fixture(name)
      this.cluster.seed(object, ...others)
    }
    return this
  }

  seed(...objects: readonly KubeObject[]): this {
    this.cluster.seed(...objects)
    return this
  }

  async wait(targets: readonly Target[], options: Partial<AwaitOptions> = {}): Promise<void> {
    const onChange: AwaitOptions['onChange'] = ({ reference, health }) => this.changes.push(`${this.clock.now()} ${reference.name} ${health.status}`)
    void awaitHealthy(this.cluster, targets, { clock: this.clock, timeout: MINUTES_10, onChange, ...options }).then(
      (report) => {
        this.report = report
        this.endedAt = this.clock.now()
      },
      (error: unknown) => {
        this.fault = error
        this.endedAt = this.clock.now()
      },
    )
    await this.pass(0)
  }

  async pass(milliseconds: number): Promise<void> {
    await this.clock.advance(milliseconds)
    for (let turn = 0; turn < 5; turn += 1) await this.clock.advance(0)
  }

  requests(verb: string): readonly string[] {
    return this.cluster.script.requests
      .filter((request) => request.verb === verb)
      .map(({ kind, selection }) => [kind, selection?.fieldSelector, selection?.labelSelector].filter((part) => part !== undefined).join(' '))
  }
}
