import { backoff, deadlineIn, isFault, SUITE, type Clock, type Deadline, type Duration } from '@fairlead/base'
import { showsContent, type Cluster, type KubeObject } from '@fairlead/kube'
import { holdLock, type Lock } from './held-lock.ts'
import { readLease, type KeptLease, type LockPlace } from './lease.ts'
import { isOutdated, letGo } from './let-go.ts'
import { Inquiry, type RunLiveness } from './liveness.ts'
import { breaksLockOf, type LockPurpose } from './purpose.ts'
import { claimedLease, readTenure, type Tenure } from './tenure.ts'
import { within } from './within.ts'
import { heldFault, waitingText } from './words.ts'

/** Who wants which lock, and how patiently. */
export interface LockRequest extends LockPlace {
  /** Names this process among all others. A lock held under this very name is ours: the reply to an earlier write was lost. */
  readonly holder: string
  readonly purpose: LockPurpose
  readonly timeout: Duration
  /** The Lease as it was read with everything else that was observed. */
  readonly seen: KeptLease
  /** The token the journal knows: ours is greater, though somebody has deleted the Lease. */
  readonly after: number
  /** Where to look at this run. */
  readonly url?: string
}

/** What taking a lock needs of the world. */
export interface LockWorld {
  readonly cluster: Cluster
  readonly clock: Clock
  /** Ends the waiting. A lock that is held is renewed all the same, until it is released: what is wound up then is done under it. */
  readonly signal: AbortSignal
  readonly liveness: RunLiveness
  say(line: string): void
}

/** Why a lock may be taken, and from whom. */
interface Opening {
  readonly overtaken: string | undefined
  readonly because: string
}

const LOOK = { first: 1_000, most: 1_000 }
const REMINDER = 30_000
const FAREWELL = 3_000
const PATIENCE = 10_000

/** One run's way to one lock. */
export class Contest {
  readonly #request: LockRequest
  readonly #world: LockWorld
  readonly #before: Tenure
  readonly #begun: number
  readonly #deadline: Deadline
  readonly #ended = new AbortController()
  readonly #inquiry: Inquiry
  /** The version that is there, and when it was first seen: expiry is judged by what we observe, never by what somebody's clock has written. */
  #observed: { readonly version: string | undefined; readonly at: number }
  #told: { readonly holder: string; readonly at: number } | undefined
  /** A write of ours of which we do not know whether it was applied, and from whom it took the lock. */
  #doubtful: { readonly lease: KubeObject; readonly overtaken: string | undefined } | undefined

  constructor(request: LockRequest, world: LockWorld) {
    this.#request = request
    this.#world = world
    this.#before = readTenure(request.seen)
    this.#begun = world.clock.now()
    this.#deadline = deadlineIn(world.clock, request.timeout)
    this.#observed = { version: versionOf(request.seen), at: this.#begun }
    this.#inquiry = new Inquiry({
      clock: world.clock,
      liveness: world.liveness,
      signal: AbortSignal.any([world.signal, this.#ended.signal]),
      say: (line) => world.say(line),
    })
  }

  /** Takes the lock as soon as it may be taken. */
  async win(): Promise<Lock> {
    for (let kept = this.#request.seen; ;) {
      this.#world.signal.throwIfAborted()
      const tenure = readTenure(kept)
      const opening = this.#openingOf(tenure)
      if (opening === undefined) {
        await this.#wait(tenure)
        kept = await this.#look(kept)
        continue
      }
      const outcome = await this.#take(kept, tenure, opening)
      if ('release' in outcome) return outcome
      kept = outcome
    }
  }

  /**
   * Stops asking. After a failure the lock must not stay with us by a write whose reply we never heard; unless that took it from somebody: a lock that was given back looks as if there were
   * nobody to be fenced off, one that expires does not.
   */
  async end(): Promise<void> {
    this.#ended.abort()
    const doubtful = this.#doubtful
    if (doubtful === undefined || doubtful.overtaken !== undefined) return
    const { cluster, clock } = this.#world
    const holding = { ...this.#request, token: readTenure(doubtful).token }
    await within({ clock, milliseconds: FAREWELL }, (signal) => letGo({ cluster, clock }, holding, { signal })).catch(() => {
      // It expires by itself, and why we failed is already on its way to the user.
    })
  }

  /** Why the lock may be taken now; undefined while somebody holds it. */
  #openingOf({ holder, purpose, patience }: Tenure): Opening | undefined {
    if (holder === undefined) return { overtaken: undefined, because: '' }
    // Whoever winds a run up goes by its name, and cannot know whether all it has sent has arrived.
    if (holder === this.#request.holder && this.#request.purpose === 'wind-up' && this.#doubtful === undefined)
      return { overtaken: holder, because: 'its process has ended' }
    if (holder === this.#request.holder) return { overtaken: this.#doubtful?.overtaken, because: 'by a write whose reply was lost' }
    if (breaksLockOf(this.#request.purpose, purpose)) return { overtaken: holder, because: 'a rollback breaks it' }
    if (this.#inquiry.isOver(holder)) return { overtaken: holder, because: 'its run is over' }
    if (this.#unchanged() >= patience) return { overtaken: holder, because: `it was not renewed for ${patience / 1_000}s` }
    return undefined
  }

  async #take(kept: KeptLease, tenure: Tenure, { overtaken, because }: Opening): Promise<Lock | KeptLease> {
    const { cluster, clock, signal } = this.#world
    const { holder, purpose, url, after } = this.#request
    const token = Math.max(tenure.token, after) + 1
    const wanted = claimedLease(kept, this.#request, { holder, purpose, token, url, at: clock.date() })
    const sentAt = clock.now()
    const hold = (lease: KubeObject) => {
      this.#doubtful = undefined
      if (overtaken !== undefined) this.#world.say(`took the lock of ${this.#request.app} from ${overtaken}: ${because}`)
      const undisturbed = this.#isUndisturbed(kept, tenure)
      return holdLock({ ...this.#request, token, lease, sentAt, overtaken, undisturbed }, this.#world)
    }
    try {
      return hold(await this.#bounded((ended) => cluster.replace(wanted, { manager: SUITE.fieldManager, signal: ended })))
    } catch (error) {
      if (!isRefused(error)) this.#doubtful = { lease: wanted, overtaken }
      signal.throwIfAborted()
      if (!isWorthReading(error)) throw error
      const live = await this.#look(kept)
      if (live.lease !== undefined && showsContent(live.lease.spec, wanted.spec)) return hold(live.lease)
      if (versionOf(live) === versionOf(kept)) await this.#pauseAfter(error)
      return live
    }
  }

  /** Every holder counts the transitions up, so an equal count of the same Lease says that there was none. */
  #isUndisturbed({ lease }: KeptLease, { token }: Tenure): boolean {
    const { holder, token: before } = this.#before
    return holder === undefined && token === before && lease?.metadata.uid === this.#request.seen.lease?.metadata.uid
  }

  /** The Lease is as it was, so the refusal was about something else; only what passes by itself is tried again. */
  async #pauseAfter(error: unknown): Promise<void> {
    const passes = isFault(error, 'CONFLICT') || isFault(error, 'UNAVAILABLE')
    if (!passes || this.#deadline.passed()) throw error
    await this.#pause(this.#deadline.remaining())
  }

  async #wait(tenure: Tenure): Promise<void> {
    if (this.#deadline.passed()) throw heldFault(this.#request, tenure, this.#request.timeout)
    this.#tell(tenure)
    if (tenure.holder !== undefined) this.#inquiry.ask(tenure.holder)
    await this.#pause(Math.min(this.#deadline.remaining(), tenure.patience - this.#unchanged()))
  }

  /** Reads the Lease. While the API server cannot be reached the waiting goes on: whatever is written then is guarded by what was read before. */
  async #look(kept: KeptLease): Promise<KeptLease> {
    const { cluster, clock, signal } = this.#world
    try {
      const live = await this.#bounded((ended) => readLease(cluster, this.#request, { signal: ended }))
      if (versionOf(live) !== this.#observed.version) this.#observed = { version: versionOf(live), at: clock.now() }
      return live
    } catch (error) {
      signal.throwIfAborted()
      if (!isFault(error, 'UNAVAILABLE') || this.#deadline.passed()) throw error
      return kept
    }
  }

  /** A request that hangs is given up early: a lock is as old as the write that took it. */
  #bounded<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, signal } = this.#world
    return within({ clock, milliseconds: PATIENCE, signal }, work)
  }

  /** Milliseconds for which the Lease was seen to stay as it is. */
  #unchanged(): number {
    return this.#world.clock.now() - this.#observed.at
  }

  #tell(tenure: Tenure): void {
    const { holder = '' } = tenure
    const now = this.#world.clock.now()
    if (this.#told?.holder === holder && now - this.#told.at < REMINDER) return
    this.#told = { holder, at: now }
    this.#world.say(waitingText(this.#request.app, tenure, now - this.#begun))
  }

  /** Waits a second, and less when the holder turns out to be over. In whole milliseconds: a sliver of one may be too short for the clock to move. */
  async #pause(most: number): Promise<void> {
    const { clock, signal } = this.#world
    const woken = new AbortController()
    this.#inquiry.onNews = () => woken.abort()
    try {
      await clock.sleep(Math.ceil(Math.min(most, backoff(1, LOOK))), AbortSignal.any([signal, woken.signal]))
    } catch (error) {
      signal.throwIfAborted()
      if (!woken.signal.aborted) throw error
    }
  }
}

function versionOf({ lease }: KeptLease): string | undefined {
  return lease?.metadata.resourceVersion
}

/** Refused for certain, so not applied. */
function isRefused(error: unknown): boolean {
  return isOutdated(error) || isFault(error, 'ACCESS_DENIED')
}

function isWorthReading(error: unknown): boolean {
  return isOutdated(error) || isFault(error, 'UNAVAILABLE')
}
