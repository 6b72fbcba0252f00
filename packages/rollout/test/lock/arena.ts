import { isFault, milliseconds, type Fault } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import type { KubeObject } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { acquireLock, leaseReference, readLease, type KeptLease, type Lock, type LockRequest, type LockWorld } from '../../src/lock/index.ts'

export const NAMESPACE = 'shop'
export const OURS = 'acme/shop run 2 attempt 1 job deploy #aaaa'
export const THEIRS = 'acme/shop run 1 attempt 1 job deploy #bbbb'
export const FREE: KeptLease = { lease: undefined }
export const MINUTES = 60_000

/** A cluster in memory, a clock that stands still, and what was said. */
export class Arena {
  readonly clock = new ManualClock()
  readonly cluster = new FakeCluster({ clock: this.clock, namespaces: [NAMESPACE] })
  readonly said: string[] = []
  readonly stop = new AbortController()
  readonly asked: string[] = []
  /** Tells of a holder whether its run is over. */
  isOver: (holder: string) => Promise<boolean | undefined> = async () => undefined

  world(): LockWorld {
    const { cluster, clock, stop, said } = this
    const isOver = async (holder: string) => {
      this.asked.push(`${clock.now() / 1_000}s ${holder}`)
      return this.isOver(holder)
    }
    return { cluster, clock, signal: stop.signal, liveness: { isOver }, say: (line) => void said.push(line) }
  }

  async request(part: Partial<LockRequest> = {}): Promise<LockRequest> {
    const { app = 'web' } = part
    const seen = part.seen ?? (await readLease(this.cluster, { namespace: NAMESPACE, app }))
    return { holder: OURS, purpose: 'release', app, namespace: NAMESPACE, timeout: milliseconds(15 * MINUTES), after: 0, ...part, seen }
  }

  /** Begins to take the lock. */
  async begin(part: Partial<LockRequest> = {}): Promise<Pending<Lock>> {
    return new Pending(acquireLock(await this.request(part), this.world()))
  }

  /** Takes a lock that is free. */
  async take(part: Partial<LockRequest> = {}): Promise<Lock> {
    return acquireLock(await this.request(part), this.world())
  }

  /** Puts a Lease in place as somebody has left it. */
  seed(spec: Readonly<Record<string, unknown>>, annotations: Readonly<Record<string, string>> = {}): void {
    this.cluster.seed({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'fairlead.web', namespace: NAMESPACE, annotations }, spec })
  }

  /** Puts in place a lock that another run holds, whose clock may be wrong. */
  held(purpose = 'release', skew = 0): void {
    const at = this.microTime(skew)
    this.seed(
      { holderIdentity: THEIRS, leaseDurationSeconds: 60, leaseTransitions: 7, acquireTime: at, renewTime: at },
      { 'fairlead.dev/purpose': purpose, 'fairlead.dev/run': 'https://github.invalid/acme/shop/actions/runs/1' },
    )
  }

  /** Writes into the Lease as somebody else. */
  async write(spec: Readonly<Record<string, unknown>>): Promise<void> {
    const lease = await this.lease()
    if (lease === undefined) throw new Error('there is no Lease to write into')
    await this.cluster.replace({ ...lease, spec: { ...(lease.spec as object), ...spec } }, { manager: 'other' })
  }

  microTime(skew = 0): string {
    return new Date(this.clock.date().getTime() + skew).toISOString().replace('Z', '000Z')
  }

  async lease(app = 'web'): Promise<KubeObject | undefined> {
    return this.cluster.get(leaseReference(NAMESPACE, app))
  }

  async spec(app = 'web'): Promise<unknown> {
    return (await this.lease(app))?.spec
  }

  /** What was sent, in short: `get`, `update`. */
  requests(): readonly string[] {
    return this.cluster.script.requests.map(({ verb }) => verb)
  }

  forget(): void {
    this.cluster.script.requests.length = 0
  }
}

/** Something that may have ended, to be looked at while time stands still. */
export class Pending<T> {
  value: T | undefined
  fault: Fault | undefined
  readonly #promise: Promise<void>

  constructor(promise: Promise<T>) {
    this.#promise = promise.then(
      (value) => void (this.value = value),
      (error: unknown) => {
        if (!isFault(error)) throw error
        this.fault = error
      },
    )
    this.#promise.catch(() => undefined)
  }

  /** Waits for the end. */
  async ended(): Promise<void> {
    await this.#promise
  }
}
