import { backoff, Fault, isFault, SUITE, toFault, type Clock } from '@fairlead/base'
import { describeReference, type Cluster, type KubeObject } from '@fairlead/kube'
import { leaseReference, readLease } from './lease.ts'
import { isHeldBy, isOutdated, letGo, type Holding } from './let-go.ts'
import { readTenure, renewedLease } from './tenure.ts'
import { holderText } from './words.ts'
import { within } from './within.ts'

/** The lock of an app, held. It is renewed in the background until it is released or lost. */
export interface Lock {
  readonly app: string
  /** Greater than that of whoever held it before: what is written under it fences them off. */
  readonly token: number
  /** The holder it was taken from without having been released: it may be in the middle of something, so the caller must fence before it reads. */
  readonly overtaken: string | undefined
  /** Nobody has held it since `seen` was read, so what was observed with that still holds. */
  readonly undisturbed: boolean
  /** Aborted with a Fault once the lock is somebody else's (CONFLICT), or could not be renewed for so long that it may be (UNAVAILABLE). */
  readonly lost: AbortSignal
  /** Gives the lock back and stops renewing. Takes three seconds at most, and never throws: a lock that cannot be given back expires. */
  release(): Promise<void>
  /**
   * Stops renewing without giving the lock back, for one that was taken from somebody who was not fenced off: it expires, and whoever comes next learns that there is somebody to be fenced.
   * Releasing it afterwards does nothing.
   */
  abandon(): void
}

/** How a lock came to be held. */
export interface Taking extends Holding {
  readonly overtaken: string | undefined
  readonly undisturbed: boolean
  /** The Lease as written. */
  readonly lease: KubeObject
  /** When that write was sent, by the monotonic clock: the lock is as old as that at least. */
  readonly sentAt: number
}

interface HoldingWorld {
  readonly cluster: Cluster
  readonly clock: Clock
  say(line: string): void
}

const RENEWAL = 15_000
/** What one renewal may take, so that a connection that went dead leaves time for others. */
const PATIENCE = 10_000
/** A contender waits sixty seconds from when it saw the last renewal, which is later than when that was sent. */
const BLIND = 45_000
const FAREWELL = 3_000
const RETRY = { first: 1_000, most: 2_000 }

/** Holds a lock that was just taken. */
export function holdLock(taking: Taking, world: HoldingWorld): Lock {
  return new HeldLock(taking, world)
}

class HeldLock implements Lock {
  readonly app: string
  readonly token: number
  readonly overtaken: string | undefined
  readonly undisturbed: boolean
  readonly #holding: Holding
  readonly #world: HoldingWorld
  readonly #lost = new AbortController()
  readonly #ended = new AbortController()
  #lease: KubeObject
  #renewedAt: number
  #trouble: unknown
  #released: Promise<void> | undefined

  constructor({ lease, sentAt, overtaken, undisturbed, ...holding }: Taking, world: HoldingWorld) {
    this.app = holding.app
    this.token = holding.token
    this.overtaken = overtaken
    this.undisturbed = undisturbed
    this.#holding = holding
    this.#world = world
    this.#lease = lease
    this.#renewedAt = sentAt
    this.#background(this.#renew())
    this.#background(this.#watch())
  }

  get lost(): AbortSignal {
    return this.#lost.signal
  }

  release(): Promise<void> {
    this.#released ??= this.#release()
    return this.#released
  }

  abandon(): void {
    this.#released ??= Promise.resolve()
    this.#ended.abort()
  }

  /** Both loops end by the signal: with its reason, which nobody needs to hear. */
  #background(loop: Promise<void>): void {
    loop.catch((error: unknown) => {
      if (!this.#ended.signal.aborted) this.#lose(toFault(error))
    })
  }

  async #renew(): Promise<void> {
    const { clock } = this.#world
    for (let failures = 0; ;) {
      await clock.sleep(failures === 0 ? RENEWAL : Math.ceil(backoff(failures, RETRY)), this.#ended.signal)
      failures = (await this.#renewOnce()) ? 0 : failures + 1
    }
  }

  /** Renews once; false when that cannot be told. A version that is not ours any more is read: a renewal whose reply was lost is one of ours. */
  async #renewOnce(): Promise<boolean> {
    const { clock, cluster } = this.#world
    const sentAt = clock.now()
    try {
      const write = (signal: AbortSignal) => cluster.replace(renewedLease(this.#lease, clock.date()), { manager: SUITE.fieldManager, signal })
      const written = await this.#bounded(write)
      this.#lease = written
      this.#renewedAt = sentAt
      return true
    } catch (error) {
      this.#ended.signal.throwIfAborted()
      this.#trouble = error
      return isOutdated(error) ? this.#readAgain() : false
    }
  }

  /** Goes on with the version there is, where it is still ours; the next renewal decides. */
  async #readAgain(): Promise<false> {
    try {
      const { lease } = await this.#bounded((signal) => readLease(this.#world.cluster, this.#holding, { signal }))
      if (isHeldBy(lease, this.#holding)) this.#lease = lease
      else this.#lose(takenAway(this.#holding, lease))
    } catch (error) {
      this.#ended.signal.throwIfAborted()
      this.#trouble = error
    }
    return false
  }

  #bounded<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return within({ clock: this.#world.clock, milliseconds: PATIENCE, signal: this.#ended.signal }, work)
  }

  /** Apart from the renewals, so that one which hangs cannot hide how long it takes. */
  async #watch(): Promise<void> {
    const { clock } = this.#world
    for (;;) {
      const left = this.#renewedAt + BLIND - clock.now()
      if (left <= 0) return this.#lose(goneBlind(this.#holding, this.#trouble))
      await clock.sleep(Math.ceil(left), this.#ended.signal)
    }
  }

  #lose(fault: Fault): void {
    this.#ended.abort()
    if (this.#released === undefined) this.#lost.abort(fault)
  }

  async #release(): Promise<void> {
    const { clock } = this.#world
    this.#ended.abort()
    if (isFault(this.lost.reason, 'CONFLICT')) return
    try {
      await within({ clock, milliseconds: FAREWELL }, (signal) => letGo(this.#world, this.#holding, { lease: this.#lease, signal }))
    } catch (error) {
      this.#world.say(`the lock of ${this.app} could not be given back, and expires by itself: ${toFault(error).message}`)
    }
  }
}

/** Says that a lock is somebody else's by now, and whose. */
export function takenAway({ namespace, app, holder, token }: Holding, lease: KubeObject | undefined): Fault {
  const name = describeReference(leaseReference(namespace, app))
  const fault = new Fault('CONFLICT', `${name}: the lock of ${app} was taken away, expected ${holder} (token ${token}), got ${now(lease)}`, {
    hint: 'What the other run does counts now: wait for it to end, then run again.',
  })
  LOSSES.add(fault)
  return fault
}

/** Tells whether a Fault says that a lock was taken away. */
export function isLoss(error: unknown): boolean {
  return error instanceof Fault && LOSSES.has(error)
}

const LOSSES = new WeakSet<Fault>()

function now(lease: KubeObject | undefined): string {
  if (lease === undefined) return 'none: somebody has deleted it'
  try {
    const tenure = readTenure({ lease })
    return tenure.holder === undefined ? 'nobody: somebody has cleared it' : `${holderText(tenure)} (token ${tenure.token})`
  } catch (error) {
    return toFault(error).message
  }
}

function goneBlind({ namespace, app }: Holding, cause: unknown): Fault {
  const why = cause === undefined ? '' : `, got ${toFault(cause).message}`
  return new Fault(
    'UNAVAILABLE',
    `${describeReference(leaseReference(namespace, app))}: the lock of ${app} could not be renewed for ${BLIND / 1_000}s, expected the API server to answer${why}`,
    {
      cause,
      hint: 'Run again when the API server can be reached: it goes on from what is there.',
    },
  )
}
