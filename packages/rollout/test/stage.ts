import { milliseconds, type Transport } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import { parseChecks } from '@fairlead/health/checks'
import { parseManifests, type KubeObject } from '@fairlead/kube'
import { deploymentController, endpointSliceController, FakeCluster, type PodFate } from '@fairlead/kube/testing'
import {
  describePlan,
  observeApps,
  planRelease,
  parseGoal,
  parseRecord,
  planRollback,
  readArchives,
  releaseFromManifests,
  runRollout,
  carryOut,
  underLock,
  type Decision,
  type LockPurpose,
  type OpenWorld,
  type Held,
  type RunLiveness,
  type Plan,
  type RollbackOptions,
  type RollbackPlan,
  type Release,
  type ReleaseRecord,
  type RolloutOptions,
  type RolloutOutcome,
  type Standing,
} from '../src/index.ts'

export const NAMESPACE = 'shop'

/** Locks that nobody contends for. */
export const HELD: Held = {
  holder: 'ann@laptop #1',
  token: () => 1,
  lost: new AbortController().signal,
  loss: () => Promise.resolve(undefined),
  abandon: () => undefined,
}

/** Options as the inputs have them, with pauses that are worth moving a clock through. */
export function options(changes: Partial<RolloutOptions> = {}): RolloutOptions {
  return {
    timeout: milliseconds(60_000),
    stability: milliseconds(0),
    checks: [],
    url: undefined,
    settle: milliseconds(1_000),
    soak: milliseconds(2_000),
    drain: milliseconds(1_000),
    standby: { type: 'cold' },
    stopAfter: 'complete',
    onParked: 'abort',
    rollbackTimeout: milliseconds(60_000),
    adoptCleanup: false,
    takeOver: false,
    forceConflicts: false,
    ...changes,
  }
}

export const ON_PODS = parseChecks([{ path: '/healthz', count: 1 }])
export const ON_SERVICE = parseChecks([{ path: '/', on: 'service', count: 1 }])

export interface AppText {
  readonly version: string
  readonly replicas?: number
  readonly service?: boolean
  readonly autoscaler?: boolean
  readonly budget?: boolean
}

/** The manifests of one app. A version that contains `sick` never becomes healthy. */
export function appText(app: string, { version, replicas = 2, service = false, autoscaler = false, budget = false }: AppText): string {
  return [
    `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${app}}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: ${app}}}
  template:
    metadata: {labels: {app: ${app}}}
    spec:
      containers:
        - name: ${app}
          image: ghcr.io/shop/${app}:${version}
`,
    ...(service ? [`apiVersion: v1\nkind: Service\nmetadata: {name: ${app}}\nspec: {selector: {app: ${app}}, ports: [{port: 80, targetPort: 8080}]}\n`] : []),
    ...(autoscaler
      ? [
          `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: ${app}}\nspec: {minReplicas: 2, maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ${app}}}\n`,
        ]
      : []),
    ...(budget ? [budgetText(app)] : []),
  ].join('---\n')
}

/** A PodDisruptionBudget for the Pods of an app. */
export function budgetText(app: string, name = app): string {
  return `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: ${name}}\nspec: {minAvailable: 1, selector: {matchLabels: {app: ${app}}}}\n`
}

/** A release out of manifests, as the action reads them. */
export function releaseOf(apps: Readonly<Record<string, AppText>>, more = ''): Release {
  const names = Object.keys(apps)
  const text = [...names.flatMap((app) => (apps[app] === undefined ? [] : [appText(app, apps[app])])), ...(more === '' ? [] : [more])].join('---\n')
  return releaseFromManifests(parseManifests([{ file: 'shop.yaml', text }]), {
    apps: names,
    services: new Map(names.map((app) => [app, app])),
    namespace: NAMESPACE,
  })
}

/** Release `version` of app web alone, with its Service. */
export function web(version: string, more: Partial<AppText> = {}): Release {
  return releaseOf({ web: { version, service: true, ...more } })
}

const NO_WEB: Transport = { send: () => Promise.reject(new Error('nobody is asked from outside')) } as unknown as Transport

/** What is said about a way back, with its goals as they are written. */
export interface Back extends Omit<Partial<RollbackOptions>, 'to' | 'archives'> {
  readonly to?: readonly string[]
}

interface Runner {
  readonly signal?: AbortSignal
  readonly holder?: string
}

/** A cluster with controllers that do what Kubernetes' own do, on a clock that is moved through whatever runs. */
export class Stage {
  readonly clock = new ManualClock()
  readonly cluster: FakeCluster
  readonly said: string[] = []
  /** Decides over Pods; those of a sick image never become ready unless told otherwise. */
  fate: (pod: KubeObject, deployment: KubeObject) => PodFate = sickImages
  listener: (line: string) => void = () => undefined
  /** Whoever runs next. */
  holder = 'ann@laptop #1'
  #runs = 0
  /** Runs that are over say so. */
  readonly liveness: RunLiveness = { isOver: () => Promise.resolve(undefined) }

  constructor() {
    this.cluster = new FakeCluster({ clock: this.clock, namespaces: [NAMESPACE] })
    this.cluster.control(deploymentController({ fate: (pod, deployment) => this.fate(pod, deployment) }))
    this.cluster.control(endpointSliceController())
  }

  /** What a user applied with a client of their own, running. */
  async users(text: string): Promise<this> {
    for (const { object } of parseManifests([{ file: 'users.yaml', text }])) await this.cluster.create(inNamespace(object), { manager: 'kubectl' })
    return this
  }

  observe(apps: readonly string[] = ['web']): Promise<readonly Standing[]> {
    return observeApps(this.cluster, NAMESPACE, { apps: apps.map((app) => ({ app, service: app })), now: this.clock.date() })
  }

  async planFor(release: Release, changes: Partial<RolloutOptions> = {}): Promise<Plan> {
    return planRelease(release, await this.observe(release.apps.map(({ app }) => app)), options(changes))
  }

  async text(release: Release, changes: Partial<RolloutOptions> = {}): Promise<string> {
    return `\n${describePlan(await this.planFor(release, changes)).join('\n')}\n`
  }

  /** Plans a release on what stands and carries it out, or its first steps only. */
  async deploy(release: Release, changes: Partial<RolloutOptions> = {}, steps = Infinity): Promise<RolloutOutcome> {
    return await this.carryOut('release', async () => {
      const standings = await this.observe(release.apps.map(({ app }) => app))
      return { standings, plan: shortened(planRelease(release, standings, options(changes)), steps) }
    })
  }

  /** Decides a way back as the action does: with what has to be read for it. */
  async planBack(apps: readonly string[], more: Back = {}): Promise<Decision & { readonly plan: RollbackPlan }> {
    const to = (more.to ?? []).map(parseGoal)
    const standings = await this.observe(apps)
    const archives = await readArchives(this.cluster, standings, { to })
    return { standings, plan: planRollback(standings, { ...options(), actor: 'ann', ...more, to, archives }) }
  }

  async rollbackText(apps: readonly string[] = ['web'], more: Back = {}): Promise<string> {
    const { plan } = await this.planBack(apps, more)
    return plan.refused === undefined ? `\n${describePlan(plan).join('\n')}\n` : `refused: ${plan.refused}`
  }

  async rollback(apps: readonly string[] = ['web'], steps = Infinity, more: Back = {}): Promise<RolloutOutcome | undefined> {
    if ((await this.planBack(apps, more)).plan.refused !== undefined) return undefined
    return await this.carryOut('rollback', async () => {
      const { standings, plan } = await this.planBack(apps, more)
      return { standings, plan: shortened(plan, steps) }
    })
  }

  /** Decides and carries out, under a name of its own, and moves the clock until it has ended. */
  async carryOut(purpose: LockPurpose, decide: () => Promise<Decision>, { signal = new AbortController().signal }: Runner = {}): Promise<RolloutOutcome> {
    this.#runs += 1
    const errand = {
      purpose,
      timeout: milliseconds(300_000),
      holder: `acme/shop run ${this.#runs} attempt 1 job deploy #a`,
      options: options(),
      again: decide,
      leave: () => undefined,
    }
    const { rollout } = await this.through(decide().then((decision) => carryOut(decision, errand, this.#world(signal))))
    return rollout
  }

  /** Carries a plan out under the locks of its apps, and moves the clock until it has ended. */
  async run(plan: Plan, standings: readonly Standing[], { signal = new AbortController().signal, holder = this.holder }: Runner = {}): Promise<RolloutOutcome> {
    const question = { standings, purpose: 'release', timeout: milliseconds(300_000), holder } as const
    return await this.through(underLock(question, this.#world(signal), ({ world }) => runRollout(plan, standings, { world, options: options() })))
  }

  #world(signal: AbortSignal): OpenWorld {
    const say = (line: string) => {
      this.said.push(line)
      this.listener(line)
    }
    return { cluster: this.cluster, web: NO_WEB, clock: this.clock, signal, namespace: NAMESPACE, say, liveness: this.liveness }
  }

  /** Moves the clock on until a promise is settled. */
  async through<T>(promise: Promise<T>): Promise<T> {
    const state = { over: false }
    const ended = promise.finally(() => (state.over = true))
    ended.catch(() => undefined)
    for (let turn = 0; !state.over; turn += 1) {
      if (turn > 2_000) throw new Error('it does not end')
      await this.clock.advance(500)
    }
    return await ended
  }

  find(kind: string, name: string): KubeObject | undefined {
    return this.cluster.objects().find((object) => object.kind === kind && object.metadata.name === name)
  }

  /** What a user would call the state of things: without versions, times and who wrote what. */
  picture(): unknown {
    return this.cluster
      .objects()
      .filter(({ kind }) => ['Deployment', 'Service', 'HorizontalPodAutoscaler', 'ConfigMap', 'Secret', 'PodDisruptionBudget'].includes(kind))
      .map(pictured)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  }
}

/** The first steps of a plan. */
function shortened(plan: Plan, steps: number): Plan {
  return { ...plan, steps: plan.steps.slice(0, steps) }
}

/** The Pods of images whose tag says so cannot be pulled. */
export function sickImages(pod: KubeObject): PodFate {
  return JSON.stringify(pod.spec).includes('sick')
    ? { waiting: { reason: 'ErrImagePull', message: 'failed to resolve reference "ghcr.io/shop/web:sick": ghcr.io/shop/web:sick: not found' } }
    : 'ready'
}

function inNamespace(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace: NAMESPACE } }
}

function pictured(object: KubeObject): { readonly name: string; readonly rest: unknown } {
  const { kind, metadata, spec } = object
  const { labels = {}, annotations = {} } = metadata
  const keys = (map: object) => Object.entries(map).filter(([key]) => !CHANGING.some((each) => key.startsWith(each)))
  const { data, binaryData } = object as { readonly data?: Readonly<Record<string, string>>; readonly binaryData?: object }
  const journal = data?.['journal']
  const record = binaryData === undefined ? undefined : parseRecord(object)
  const content = journal === undefined ? (record === undefined ? data : plainRecord(record)) : plainJournal(journal)
  return {
    // A number that was refused is not given again, so a record's name depends on how often a run was cut short.
    name: `${kind}/${metadata.name}`.replace(/\.r\d+$/, '.r'),
    rest: { labels: Object.fromEntries(keys(labels)), annotations: Object.fromEntries(keys(annotations)), ...(spec === undefined ? {} : { spec }), content },
  }
}

/** What says when and by whom something was written. */
const CHANGING = ['deployment.kubernetes.io/', 'fairlead.dev/move', 'fairlead.dev/sha256', 'fairlead.dev/sealed', 'fairlead.dev/fence', 'fairlead.dev/record']

/** A record without its numbers, its times and what was measured; the labels of the route have moves. */
function plainRecord({ verdicts: _verdicts, times: _times, ...record }: ReleaseRecord): unknown {
  return plainJournal(JSON.stringify(record))
}

/** A journal without its numbers and times. */
function plainJournal(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (['token', 'last', 'number', 'at', 'by', 'soaked'].includes(key) ? undefined : value)) as unknown
}
