import { milliseconds } from '@fairlead/base'
import { Contest, type LockRequest, type LockWorld } from './contest.ts'
import type { Lock } from './held-lock.ts'

/**
 * Takes the lock of an app: with one request while nobody holds it and `seen` is current.
 *
 * A lock that is held is waited for until its holder releases it, is known to be over, or was not seen to renew it for as long as the Lease says; a rollback breaks it at once. After the timeout it is a Fault
 * (CONFLICT) that names the holder. Whatever was observed before holds only where the lock says `undisturbed`.
 */
export async function acquireLock(request: LockRequest, world: LockWorld): Promise<Lock> {
  const contest = new Contest(request, world)
  try {
    return await contest.win()
  } finally {
    await contest.end()
  }
}

/**
 * Takes the locks of several apps, one after another by name, so that two runs never wait for each other; answers them in the given order. One that fails gives back those that were got
 * (those that were taken from somebody expire, since nobody has been fenced off yet), and one that is lost while others are waited for ends the waiting. The time that was waited for one is not there any more for the next.
 */
export async function acquireLocks(requests: readonly LockRequest[], world: LockWorld): Promise<readonly Lock[]> {
  const locks = new Map<LockRequest, Lock>()
  const begun = world.clock.now()
  try {
    for (const request of requests.toSorted(byName)) {
      const signal = AbortSignal.any([world.signal, ...[...locks.values()].map(({ lost }) => lost)])
      const timeout = milliseconds(Math.max(0, request.timeout - (world.clock.now() - begun)))
      locks.set(request, await acquireLock({ ...request, timeout }, until(world, signal)))
    }
    for (const lock of locks.values()) lock.lost.throwIfAborted()
  } catch (error) {
    await Promise.all([...locks.values()].map(leave))
    throw error
  }
  return requests.flatMap((request) => locks.get(request) ?? [])
}

function leave(lock: Lock): Promise<void> {
  if (lock.overtaken !== undefined) lock.abandon()
  return lock.release()
}

function until(world: LockWorld, signal: AbortSignal): LockWorld {
  const { cluster, clock, liveness } = world
  return { cluster, clock, liveness, signal, say: (line) => world.say(line) }
}

/** By code units: runs on machines of other languages must come to the same order. */
function byName(one: LockRequest, other: LockRequest): number {
  const [left, right] = [`${one.app}/${one.namespace}`, `${other.app}/${other.namespace}`]
  return left < right ? -1 : Number(left > right)
}
