import { formatDuration, type Duration } from '@fairlead/base'
import type { Cluster } from '@fairlead/kube'
import { acquireLocks, fenceApp, isHeldBy, readLease, takenAway, type Lock, type LockPurpose, type RunLiveness } from '../lock/index.ts'
import type { Standing } from '../standing/index.ts'
import type { Held, World } from './run-rollout.ts'

/** Who asks for the locks of apps, and how long it waits. */
export interface LockQuestion {
  readonly standings: readonly Standing[]
  readonly purpose: LockPurpose
  readonly timeout: Duration
  readonly holder: string
  /** Where people look at the run. */
  readonly url?: string | undefined
}

/** The world before its locks are held. */
export type OpenWorld = Omit<World, 'held'> & { readonly liveness: RunLiveness }

/** What work under locks is given. */
export interface Locked {
  readonly world: World
  /** Another run held one of the locks since the apps were looked at: they have to be looked at again. */
  readonly stale: boolean
}

/**
 * Takes the locks of apps, does the work, and releases them again, whatever came of it. A lock that was taken from a holder which had not released it is fenced first: from then on
 * whatever that holder still sends is refused. Throws CONFLICT when the wait for one is over.
 */
export async function underLock<T>(question: LockQuestion, open: OpenWorld, work: (locked: Locked) => Promise<T>): Promise<T> {
  const { standings, holder, purpose, timeout, url } = question
  const { liveness, ...rest } = open
  const { cluster, clock, signal, namespace } = open
  const began = clock.now()
  const requests = standings.map(({ app, lease, kept }) => ({
    holder,
    purpose,
    app,
    namespace,
    timeout,
    seen: lease,
    after: kept.journal.token,
    ...(url === undefined ? {} : { url }),
  }))
  const locks = await acquireLocks(requests, { cluster, clock, signal, liveness, say: (line) => open.say(line) })
  try {
    const waited = clock.now() - began
    if (waited > WORTH_A_WORD) open.say(`waited ${formatDuration(waited)} for the lock`)
    await fenceAll(locks, standings, open)
    const stale = locks.some(({ undisturbed, overtaken }) => !undisturbed || overtaken !== undefined)
    return await work({ world: { ...rest, held: heldBy(locks, { cluster, namespace, holder }) }, stale })
  } finally {
    await Promise.all(locks.map((lock) => lock.release()))
  }
}

const WORTH_A_WORD = 1_000

/** Where this fails, no lock that was taken over is given back: whoever takes it next must know that it was never fenced. */
async function fenceAll(locks: readonly Lock[], standings: readonly Standing[], open: OpenWorld): Promise<void> {
  try {
    for (const lock of locks) await fence(lock, standings, open)
  } catch (error) {
    for (const lock of locks) if (lock.overtaken !== undefined) lock.abandon()
    throw error
  }
}

async function fence(lock: Lock, standings: readonly Standing[], { cluster, namespace, signal }: OpenWorld): Promise<void> {
  const { app, overtaken, token } = lock
  if (overtaken === undefined) return
  const services = standings.filter((each) => each.app === app).map(({ serviceName }) => serviceName)
  await fenceApp(cluster, { namespace, app, services, signal }, token)
}

interface Keeper {
  readonly cluster: Cluster
  readonly namespace: string
  readonly holder: string
}

function heldBy(locks: readonly Lock[], { cluster, namespace, holder }: Keeper): Held {
  const tokens = new Map(locks.map(({ app, token }) => [app, token]))
  const tokenOf = (app: string): number => {
    const token = tokens.get(app)
    if (token === undefined) throw new TypeError(`the lock of ${app} is not held`)
    return token
  }
  return {
    holder,
    lost: AbortSignal.any(locks.map(({ lost }) => lost)),
    token: tokenOf,
    abandon() {
      for (const lock of locks) lock.abandon()
    },
    async loss(app) {
      const holding = { namespace, app, holder, token: tokenOf(app) }
      const { lease } = await readLease(cluster, holding)
      return isHeldBy(lease, holding) ? undefined : takenAway(holding, lease)
    },
  }
}
