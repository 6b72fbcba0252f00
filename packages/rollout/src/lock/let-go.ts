import { isFault, SUITE, type Clock } from '@fairlead/base'
import type { Cluster, KubeObject } from '@fairlead/kube'
import { readLease, type LockPlace } from './lease.ts'
import { readTenure, releasedLease } from './tenure.ts'

/** A lock that somebody holds. */
export interface Holding extends LockPlace {
  readonly holder: string
  readonly token: number
}

/** Tells whether a Lease is held by this very holding. One with a strange shape is not. */
export function isHeldBy(lease: KubeObject | undefined, { holder, token }: Holding): lease is KubeObject {
  try {
    const tenure = readTenure({ lease })
    return tenure.holder === holder && tenure.token === token
  } catch (error) {
    if (isFault(error, 'CONFLICT')) return false
    throw error
  }
}

/** Tells whether a refused write means that the Lease is not what it was: the server says so in four ways. */
export function isOutdated(error: unknown): boolean {
  return isFault(error, 'CONFLICT') || isFault(error, 'INPUT_INVALID') || isFault(error, 'NOT_FOUND')
}

const ATTEMPTS = 5

/**
 * Clears the holder of a lock, beginning from the Lease as it was last written; without one it is read. A lock that is somebody else's by now is left alone, without a word.
 * Throws what keeps the server from answering.
 */
export async function letGo(
  { cluster, clock }: { readonly cluster: Cluster; readonly clock: Pick<Clock, 'date'> },
  holding: Holding,
  { lease: written, signal }: { readonly lease?: KubeObject; readonly signal: AbortSignal },
): Promise<void> {
  let lease = written ?? (await readLease(cluster, holding, { signal })).lease
  for (let attempt = 1; isHeldBy(lease, holding); attempt += 1) {
    try {
      await cluster.replace(releasedLease(lease, clock.date()), { manager: SUITE.fieldManager, signal })
      return
    } catch (error) {
      if (!isOutdated(error) || attempt === ATTEMPTS) throw error
      lease = (await readLease(cluster, holding, { signal })).lease
    }
  }
}
