import { backoff, Fault, isFault, toFault, type Clock } from '@fairlead/base'
import type { Cluster, Selection, WatchEvent } from './cluster.ts'
import type { KubeObject } from './object.ts'
import { Picture } from './picture.ts'
import { WatchExpired } from './watch-expired.ts'

/** When a connection counts as dead, and what is done then. */
export interface FollowOptions {
  readonly clock: Clock
  readonly signal?: AbortSignal
  /** Milliseconds without an event or a bookmark after which the connection counts as dead. 90 s unless told: bookmarks come about every minute. */
  readonly silence?: number
  /** Milliseconds after which everything is listed anew, whatever the watch says. 5 minutes unless told. */
  readonly relist?: number
  /** Only for tests: what spreads the pauses. */
  readonly random?: () => number
}

/** A selection that is kept up to date. While the API server is out of reach it holds what was last seen, and says since when. */
export interface Followed {
  readonly selection: Selection
  /** What is there, as far as is known. A new array whenever something changed, the same one otherwise. */
  objects(): readonly KubeObject[]
  /** Calls back after every change, also of blindness. Answers how to stop that. */
  changed(listener: () => void): () => void
  /** Resolves with the first list; rejects with what ended it before. */
  readonly synced: Promise<void>
  /** Never resolves. Rejects with the Fault that ended it: ACCESS_DENIED, UNSUPPORTED and whatever else waiting does not mend. */
  readonly failure: Promise<never>
  /** The clock's time of the last sign of life, while there is none; undefined while we see. Nothing may be concluded from `objects` meanwhile. */
  blindSince(): number | undefined
  /** The clock's time of the last list, event or bookmark. */
  lastContact(): number
  /** Lists anew at once, and is blind until that is there: for whoever is about to decide on a picture that nothing has confirmed for a while. */
  refresh(): void
  stop(): void
}

const SILENCE = 90_000
const RELIST = 300_000
/** A watch that ends sooner than this without a word is no ordinary end. */
const SHORTEST_WATCH = 1_000
const PAUSES = { first: 250, most: 10_000 }

/**
 * Follows a selection: one list, then one watch with bookmarks from there.
 *
 * - A watch the server closes is ordinary: the next begins at once, where it left off.
 * - 410, silence and a broken connection lead to a new list, which also tells what was deleted meanwhile. A failing list is repeated with growing pauses.
 * - Within one watch an object's resourceVersion never goes backwards; a list replaces the whole picture, so a cluster restored from a backup is followed too.
 */
export function follow(cluster: Cluster, selection: Selection, options: FollowOptions): Followed {
  return new Follower(cluster, selection, options)
}

class Follower implements Followed {
  readonly selection: Selection
  readonly synced: Promise<void>
  readonly failure: Promise<never>
  readonly #cluster: Cluster
  readonly #options: FollowOptions
  readonly #stop = new AbortController()
  readonly #listeners = new Set<() => void>()
  readonly #picture: Picture
  readonly #synced = Promise.withResolvers<void>()
  readonly #failure = Promise.withResolvers<never>()
  #lastContact: number
  /** Since when nothing is seen; undefined while something is. */
  #blindFrom: number | undefined
  #failures = 0
  /** Events so far, bookmarks included. */
  #heard = 0
  /** Resolved by whoever wants a new list at once. */
  #wanted = Promise.withResolvers<void>()

  constructor(cluster: Cluster, selection: Selection, options: FollowOptions) {
    this.#cluster = cluster
    this.#options = options
    this.selection = selection
    this.synced = this.#synced.promise
    this.failure = this.#failure.promise
    this.#picture = new Picture(selection.managedFields === true)
    this.#lastContact = options.clock.now()
    this.#blindFrom = this.#lastContact
    // Whoever awaits them gets the rejection; nobody has to.
    this.synced.catch(() => undefined)
    this.failure.catch(() => undefined)
    const abort = () => this.#stop.abort(options.signal?.reason)
    if (options.signal?.aborted === true) abort()
    options.signal?.addEventListener('abort', abort, { once: true, signal: this.#stop.signal })
    void this.#run()
  }

  objects(): readonly KubeObject[] {
    return this.#picture.objects()
  }

  changed(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  blindSince(): number | undefined {
    return this.#blindFrom
  }

  lastContact(): number {
    return this.#lastContact
  }

  refresh(): void {
    // A list that was asked for is no outage: it is blind from now only.
    this.#lostSight(this.#options.clock.now())
    this.#wanted.resolve()
  }

  stop(): void {
    this.#stop.abort(new Fault('CANCELLED', `${this.selection.resource.plural}: no longer followed`))
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#listAndWatch()
      } catch (error) {
        if (this.#stop.signal.aborted) break
        if (!isFault(error, 'UNAVAILABLE')) return this.#end(toFault(error))
        // A 410 proves contact: the next list may come at once, unless that is all we ever get.
        if (!(error instanceof WatchExpired)) this.#lostSight()
        if (!(error instanceof WatchExpired && this.#failures === 0)) await this.#pause()
        this.#failures += 1
      }
    }
    this.#end(toFault(this.#stop.signal.reason))
  }

  async #listAndWatch(): Promise<void> {
    const { clock, relist = RELIST } = this.#options
    this.#wanted = Promise.withResolvers()
    const list = await this.#cluster.list(this.selection, { signal: this.#stop.signal })
    this.#seen(this.#picture.replace(list))
    this.#synced.resolve()
    const relistAt = clock.now() + relist
    while (clock.now() < relistAt) if ((await this.#watch(relistAt)) === 'relist') return
  }

  /** Reads one watch to its end. Throws WatchExpired, and UNAVAILABLE when it broke. */
  async #watch(relistAt: number): Promise<'closed' | 'relist'> {
    const { clock } = this.#options
    const session = new AbortController()
    const signal = AbortSignal.any([session.signal, this.#stop.signal])
    const stream = this.#cluster.watch(this.selection, { resourceVersion: this.#picture.resourceVersion, signal })
    const begun = clock.now()
    const heardBefore = this.#heard
    const lived = () => this.#heard > heardBefore || clock.now() - begun >= SHORTEST_WATCH
    try {
      const end = await this.#read(stream[Symbol.asyncIterator](), relistAt)
      if (end === 'relist' || lived()) return end
      throw new Fault('UNAVAILABLE', `watch of ${this.selection.resource.plural}: closed at once without an event, expected a stream`)
    } finally {
      if (lived()) this.#failures = 0
      session.abort(new Fault('CANCELLED', `watch of ${this.selection.resource.plural}: over`))
    }
  }

  async #read(events: AsyncIterator<WatchEvent>, relistAt: number): Promise<'closed' | 'relist'> {
    const { clock, silence = SILENCE } = this.#options
    for (;;) {
      const silentAt = clock.now() + silence
      const next = await this.#nextBefore(events, Math.min(silentAt, relistAt))
      if (next === undefined && clock.now() >= silentAt) this.#lostSight()
      if (next === undefined) return 'relist'
      if (next.done === true) return 'closed'
      this.#heard += 1
      this.#seen(this.#picture.take(next.value))
    }
  }

  /** The next event; undefined when there is none before `moment`, or a new list is wanted. */
  async #nextBefore(events: AsyncIterator<WatchEvent>, moment: number): Promise<IteratorResult<WatchEvent> | undefined> {
    const { clock } = this.#options
    const alarm = new AbortController()
    const next = events.next()
    const rung = clock.sleep(Math.max(0, moment - clock.now()), alarm.signal).then(() => undefined)
    // The loser of the race must not become an unhandled rejection.
    next.catch(() => undefined)
    rung.catch(() => undefined)
    try {
      return await Promise.race([next, rung, this.#wanted.promise.then(() => undefined)])
    } finally {
      alarm.abort()
    }
  }

  #seen(isNew: boolean): void {
    const sawAgain = this.#blindFrom !== undefined
    this.#blindFrom = undefined
    this.#lastContact = this.#options.clock.now()
    if (isNew || sawAgain) this.#tell()
  }

  #lostSight(from: number = this.#lastContact): void {
    if (this.#blindFrom !== undefined) return
    this.#blindFrom = from
    this.#tell()
  }

  async #pause(): Promise<void> {
    const { clock, random } = this.#options
    const pause = backoff(this.#failures + 1, { ...PAUSES, ...(random === undefined ? {} : { random }) })
    await clock.sleep(pause, this.#stop.signal).catch(() => undefined)
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  #end(fault: Fault): void {
    if (!this.#stop.signal.aborted) this.#stop.abort(fault)
    this.#synced.reject(fault)
    this.#failure.reject(fault)
    this.#lostSight()
  }
}
