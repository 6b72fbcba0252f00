import { type Clock, type Fault, formatDuration, isFault, toFault } from '@fairlead/base'
import { type Cluster, follow, type Followed, type Selection } from '@fairlead/kube'
import { surroundingSelections, targetSelections } from './selections.ts'
import type { Target } from '../target.ts'
import { View } from './view.ts'

/** The longest that any timer is set for; a 32-bit count of milliseconds is less than 25 days. */
const LONGEST_SLEEP = 3_600_000

/** Many targets change in bursts: to judge them all after each change would cost more than it tells. */
const FEW = 10
const PAUSE = 100

/** A list that takes less is no outage. */
const WORTH_A_NOTE = 2_000

/** What a job log says when Events are kept from us. */
export const EVENTS_DENIED = 'Events may not be read (grant list and watch on events): causes that show only there, such as what a probe said, are missing.'

export interface FollowedViewOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal | undefined
  /** Takes what the reader of a report should know of how things were seen. */
  readonly notes: string[]
}

/** Follows all that is needed to judge some targets, and tells when something changed. Decides nothing. */
export class FollowedView {
  readonly view = new View()
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #stop = new AbortController()
  readonly #openedAt: number
  readonly #pause: number
  readonly #notes: string[]
  #required: Followed[] = []
  #isOpen = false
  #bell = Promise.withResolvers<void>()
  #fault: Fault | undefined
  #blindFrom: number | undefined

  constructor(cluster: Cluster, targets: readonly Target[], { clock, signal, notes }: FollowedViewOptions) {
    this.#cluster = cluster
    this.#clock = clock
    this.#notes = notes
    this.#openedAt = clock.now()
    this.#pause = targets.length > FEW ? PAUSE : 0
    signal?.addEventListener('abort', () => this.#bell.resolve(), { signal: this.#stop.signal })
    this.#open(targets).catch((error: unknown) => this.#fail(error))
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
  }

  /** Throws what ended one of the followed selections, other than Events. */
  throwIfFailed(): void {
    if (this.#fault !== undefined) throw this.#fault
  }

  /** For how many milliseconds something has been out of sight; undefined while all is seen, and only then may anything be concluded. */
  blindFor(): number | undefined {
    const since = this.#isOpen ? this.#firstBlind() : this.#openedAt
    const now = this.#clock.now()
    if (this.#isOpen && since === undefined && this.#blindFrom !== undefined && now - this.#blindFrom >= WORTH_A_NOTE)
      this.#notes.push(`The API server was out of reach for ${formatDuration(now - this.#blindFrom)}; nothing was judged meanwhile.`)
    this.#blindFrom = this.#isOpen ? since : undefined
    return since === undefined ? undefined : now - since
  }

  /** Tells whether the API server has told something about everything since a moment on the clock. */
  isSeenSince(moment: number): boolean {
    return this.#required.every((followed) => followed.lastContact() >= moment)
  }

  /** Lists anew what has told nothing since a moment; that is out of sight until then. */
  refresh(moment: number): void {
    for (const followed of this.#required) if (followed.lastContact() < moment) followed.refresh()
  }

  /** Resolves with the next change, or after so many milliseconds without one. With many targets it takes changes a tenth of a second at a time. */
  async change(most: number): Promise<void> {
    const alarm = new AbortController()
    const slept = this.#clock.sleep(Math.min(Math.max(0, most), LONGEST_SLEEP), alarm.signal).catch(() => undefined)
    await Promise.race([this.#bell.promise, slept])
    alarm.abort()
    if (this.#pause > 0) await this.#clock.sleep(Math.min(this.#pause, Math.max(0, most)))
    this.#bell = Promise.withResolvers()
  }

  /** The targets come first: what stands around a single one is selected by its own labels. */
  async #open(targets: readonly Target[]): Promise<void> {
    await Promise.all(targetSelections(targets).map((selection) => this.#require(selection)))
    const around = surroundingSelections(targets, (reference) => this.view.find(reference))
    await Promise.all(around.map((selection) => (selection.resource.kind === 'Event' ? this.#allow(selection) : this.#require(selection))))
    this.#isOpen = true
    this.#bell.resolve()
  }

  async #require(selection: Selection): Promise<void> {
    const followed = this.#follow(selection)
    this.#required.push(followed)
    followed.failure.catch((error: unknown) => this.#fail(error))
    await followed.synced
    this.view.add([followed])
  }

  /** Events explain, but nothing rests on them alone: where they may not be read, it goes on without. */
  async #allow(selection: Selection): Promise<void> {
    const followed = this.#follow(selection)
    try {
      await followed.synced
      this.view.add([followed])
    } catch (error) {
      this.#goOnWithout(error)
    }
    followed.failure.catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#goOnWithout(error)
    })
  }

  #goOnWithout(error: unknown): void {
    if (!isFault(error, 'ACCESS_DENIED')) return this.#fail(error)
    if (!this.#notes.includes(EVENTS_DENIED)) this.#notes.push(EVENTS_DENIED)
  }

  #follow(selection: Selection): Followed {
    const followed = follow(this.#cluster, selection, { clock: this.#clock, signal: this.#stop.signal })
    followed.changed(() => this.#bell.resolve())
    return followed
  }

  #firstBlind(): number | undefined {
    const moments = this.#required.flatMap((followed) => followed.blindSince() ?? [])
    return moments.length === 0 ? undefined : Math.min(...moments)
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return
    this.#fault ??= toFault(error)
    this.#bell.resolve()
  }
}
