import { branchesOf } from './tree.ts'
import { type Health, worst, type HealthStatus } from '../health.ts'
import { type PodHistory, rememberPods } from './history.ts'
import { type Judgement, judge, type TargetMemory, UNSEEN } from './judge.ts'
import type { Ending, TargetHealth } from '../report.ts'
import { statusTime } from './status-time.ts'
import type { Target } from '../target.ts'
import type { View } from '../seeing/view.ts'
import { targetPodsOf } from './target-pods.ts'

/** What one look at all targets came to. */
export interface Look {
  /** Present when the wait is over. */
  readonly ended?: Ending
  /** When to look again although nothing changed; Infinity when time alone changes nothing. */
  readonly reviewAt: number
}

export interface JudgedTargetsOptions {
  readonly startedAt: number
  readonly stability: number
  /** Called after a look for every target whose status or message is new. */
  readonly onChange?: ((target: TargetHealth) => void) | undefined
}

/** A target and what is remembered of it. */
interface JudgedTarget {
  readonly target: Target
  memory: TargetMemory
  judgement: Judgement | undefined
  /** Since when it has had its status, in our own time. */
  since: number
  /** It has been what it is since our first look, by the cluster's own account. */
  hasHeld: boolean
}

const NOT_SEEN: Health = { status: 'Unknown', message: 'was not looked at' }

/** Judges all targets at each look and remembers between looks. Has no effects of its own: somebody else reads the cluster, tells the time and waits. */
export class JudgedTargets {
  readonly #options: JudgedTargetsOptions
  readonly #targets: readonly JudgedTarget[]
  #pods: PodHistory = new Map()
  #view: View | undefined

  constructor(targets: readonly Target[], options: JudgedTargetsOptions) {
    this.#options = options
    this.#targets = targets.map((target) => ({ target, memory: UNSEEN, judgement: undefined, since: options.startedAt, hasHeld: true }))
  }

  /** Takes a look. With `isLast` no later one will follow, so that what is not certain becomes the answer. */
  look(view: View, now: number, isLast: boolean): Look {
    this.#view = view
    this.#pods = rememberPods(this.#pods, view.pods(), now)
    for (const judgedTarget of this.#targets) this.#judge(judgedTarget, now, isLast)
    const judgements = this.#targets.flatMap(({ judgement }) => judgement ?? [])
    const ended = endingOf(judgements)
    // The moment time is up, targets that are fine stay so, and the others say what they were waiting for.
    return { ...(ended === undefined ? {} : { ended }), reviewAt: Math.min(Number.POSITIVE_INFINITY, ...judgements.map(({ reviewAt }) => reviewAt)) }
  }

  /** Reports all targets as of the last look. */
  report(now: number): readonly TargetHealth[] {
    return this.#targets.map((judgedTarget) => this.#describe(judgedTarget, now))
  }

  #judge(judgedTarget: JudgedTarget, now: number, isLast: boolean): void {
    const { target, memory, judgement: before } = judgedTarget
    const view = this.#view
    if (view === undefined) return
    const scene = { ...this.#options, around: view.around(target.reference.namespace), pods: this.#pods, memory, now, isLast }
    const judgement = judge(target, view.find(target.reference), scene)
    judgedTarget.judgement = judgement
    judgedTarget.memory = judgement.memory
    if (before?.health.status !== judgement.health.status) judgedTarget.since = now
    if (before !== undefined && before.account !== judgement.account) judgedTarget.hasHeld = false
    if (before?.health.message !== judgement.health.message || before.health.status !== judgement.health.status)
      this.#options.onChange?.(this.#describe(judgedTarget, now))
  }

  #describe(judgedTarget: JudgedTarget, now: number): TargetHealth {
    const {
      target: { reference },
      judgement,
      since,
    } = judgedTarget
    const object = this.#view?.find(reference)
    const tree = object === undefined || this.#view === undefined ? [] : branchesOf(object, this.#view.around(reference.namespace))
    const diagnosis = judgement?.diagnosis
    const health = judgement?.health ?? NOT_SEEN
    return { reference, health, ...(diagnosis === undefined ? {} : { diagnosis }), since: now - since, ...this.#sinceTime(judgedTarget), tree }
  }

  #sinceTime({ target: { reference }, judgement, hasHeld }: JudgedTarget): Pick<TargetHealth, 'sinceTime'> {
    const object = this.#view?.find(reference)
    if (!hasHeld || judgement === undefined || this.#view === undefined || object === undefined) return {}
    const { account, health } = judgement
    const sinceTime = account === health.status ? statusTime(object, account, targetPodsOf(object, this.#view.around(reference.namespace))) : undefined
    return sinceTime === undefined ? {} : { sinceTime }
  }
}

/** Says whether a wait is over: all are Healthy, or one is certain never to be. What is missing is said before what is sick. */
function endingOf(judgements: readonly Judgement[]): Ending | undefined {
  if (worstOf(judgements) === 'Healthy') return 'healthy'
  const certain = judgements.filter(({ isCertain }) => isCertain)
  if (certain.length === 0) return undefined
  return certain.some(({ diagnosis }) => diagnosis?.cause === 'missing') ? 'missing' : 'doomed'
}

function worstOf(judgements: readonly Judgement[]): HealthStatus {
  return worst(judgements.map(({ health }) => health.status))
}
