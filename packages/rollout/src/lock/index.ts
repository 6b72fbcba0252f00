/**
 * One run at a time works on an app.
 *
 * 1. `lease.ts`, `tenure.ts`, `purpose.ts`: the Lease that is the lock, what it says, and who may break it. Pure but for one read.
 * 2. `acquire.ts`: one lock, or several; `contest.ts` is the way there, `liveness.ts` asks whether the holder still lives.
 * 3. `held-lock.ts`: renewing, losing, and `let-go.ts` giving back.
 * 4. `fence.ts`: what keeps a run that was overtaken from writing on.
 */
export * from './access.ts'
export * from './acquire.ts'
export type { LockRequest, LockWorld } from './contest.ts'
export * from './fence.ts'
export { isLoss, takenAway, type Lock } from './held-lock.ts'
export { isHeldBy, type Holding } from './let-go.ts'
export { leaseReference, readLease, type KeptLease, type LockPlace } from './lease.ts'
export type { RunLiveness } from './liveness.ts'
export { breaksLockOf, type LockPurpose } from './purpose.ts'
