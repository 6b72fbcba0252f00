import { branchesOf } from './tree.ts'
import { type Health, worst, type HealthStatus } from './health.ts'
import { type PodHistory, rememberPods } from './history.ts'
import { type Judgement, judge, type TargetMemory, UNSEEN } from './judge.ts'
import type { Ending, TargetHealth } from './report.ts'
import type { Target } from './target.ts'
import type { View } from './view.ts'

/** What one look at all targets came to. */
export interface Look {
  /** Present when the wait is over. */
  readonly ended?: Ending
  /** When to look again although nothing changed; Infinity when time alone changes nothing. */
  readonly reviewAt: number
}

export interface WatcherOptions {
  readonly startedAt: number
  readonly stability: number
  /** Called after a look for every target whose status or message is new. */
  readonly onChange?: ((target: TargetHealth) => void) | undefined
}

/** A target and what is remembered of it. */
interface Watched {
  readonly target: Target
  memory: TargetMemory
  judgement: Judgement | undefined
  /** Since when it has had its status. */
  since: number
}

const NOT_SEEN: Health = { status: 'Unknown', message: 'was not looked at' }

/** Judges all targets at each look and remembers between looks. Has no effects of its own: somebody else reads the cluster, tells the time and waits. */
export class Watcher {
  readonly #options: WatcherOptions
  readonly #watched: readonly Watched[]
  #pods: PodHistory = new Map()
  #view: View | undefined

  constructor(targets: readonly Target[], options: WatcherOptions) {
    this.#options = options
    this.#watched = targets.map((target) => ({ target, memory: UNSEEN, judgement: undefined, since: options.startedAt }))
  }

  /** Takes a look. With `isLast` no later one will follow, so that what is not certain becomes the answer. */
  look(view: View, now: number, isLast: boolean): Look {
    this.#view = view
    this.#pods = rememberPods(this.#pods, view.pods(), now)
    for (const watched of this.#watched) this.#judge(watched, now, isLast)
    const judgements = this.#watched.flatMap(({ judgement }) => judgement ?? [])
    const ended = endingOf(judgements)
    // The moment time is up, targets that are fine stay so, and the others say what they were waiting for.
    return { ...(ended === undefined ? {} : { ended }), reviewAt: Math.min(Number.POSITIVE_INFINITY, ...judgements.map(({ reviewAt }) => reviewAt)) }
  }

  /** Reports all targets as of the last look. */
  report(now: number): readonly TargetHealth[] {
    return this.#watched.map((watched) => this.#describe(watched, now))
  }

  #judge(watched: Watched, now: number, isLast: boolean): void {
    const { target, memory, judgement: before } = watched
    const view = this.#view
    if (view === undefined) return
    const scene = { ...this.#options, around: view.around(target.reference.namespace), pods: this.#pods, memory, now, isLast }
    const judgement = judge(target, view.find(target.reference), scene)
    watched.judgement = judgement
    watched.memory = judgement.memory
    if (before?.health.status !== judgement.health.status) watched.since = now
    if (before?.health.message !== judgement.health.message || before.health.status !== judgement.health.status)
      this.#options.onChange?.(this.#describe(watched, now))
  }

  #describe({ target: { reference }, judgement, since }: Watched, now: number): TargetHealth {
    const object = this.#view?.find(reference)
    const tree = object === undefined || this.#view === undefined ? [] : branchesOf(object, this.#view.around(reference.namespace))
    const diagnosis = judgement?.diagnosis
    return { reference, health: judgement?.health ?? NOT_SEEN, ...(diagnosis === undefined ? {} : { diagnosis }), since: now - since, tree }
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
