import type { Duration } from '@fairlead/base'
import { sameBackend, slotBackend } from '@fairlead/traffic'
import { isReturned } from '../plan/arriving.ts'
import { irreversibleAfterMove } from '../plan/irreversible.ts'
import { wayBackSteps } from '../plan/way-back.ts'
import { observeApps, pointedAt, type AppPlace, type Standing } from '../standing/index.ts'
import { runRollout, type RolloutOutcome } from './run-rollout.ts'
import { underLock, type OpenWorld } from './under-lock.ts'

/** What a run says of itself before its first effect, for whoever winds it up. */
export interface LeftRun {
  readonly namespace: string
  readonly apps: readonly AppPlace[]
  readonly holder: string
}

/** What became of what a run had left. */
export type WoundUp =
  /** Nothing of it is on its way any more: it has ended, is parked, or another run has taken it on. */
  | { readonly type: 'nothing' }
  /** Users are on the release already, so it stays where it is. */
  | { readonly type: 'stays'; readonly standings: readonly Standing[] }
  | { readonly type: 'taken back'; readonly rollout: RolloutOutcome }

export interface WindUpOptions {
  /** How long to wait for the locks. */
  readonly lockTimeout: Duration
  readonly rollbackTimeout: Duration
}

/** Writes down what a run would leave. */
export function leftText(left: LeftRun): string {
  return JSON.stringify(left)
}

/** Reads what `leftText` wrote. */
export function readLeft(text: string): LeftRun {
  return JSON.parse(text) as LeftRun
}

/** Brings to an end what one run has left, at the end of its job: what has no users yet is taken back, what they are on stays. What anybody else works on is left alone. */
export async function windUp(left: LeftRun, options: WindUpOptions, open: OpenWorld): Promise<WoundUp> {
  const look = () => observeApps(open.cluster, left.namespace, { apps: left.apps, now: open.clock.date(), signal: open.signal })
  const standings = await look()
  const verdict = judge(standings, left)
  if (verdict !== undefined) return verdict
  // The run itself is over: its name still holds the lock if it was killed.
  const question = { standings, purpose: 'wind-up', timeout: options.lockTimeout, holder: left.holder } as const
  return await underLock(question, open, async ({ world, stale }) => {
    const now = stale ? await look() : standings
    const changed = judge(now, left)
    if (changed !== undefined) return changed
    const plan = { title: [], notes: [], steps: wayBackSteps(leftBehind(now, left), options) }
    return { type: 'taken back', rollout: await runRollout(plan, now, { world, options }) }
  })
}

/** What there is to say without doing anything; undefined where something has to be taken back. */
function judge(standings: readonly Standing[], left: LeftRun): WoundUp | undefined {
  const returned = standings.filter((standing) => isReturned(standing) && standing.kept.journal.doing?.by === left.holder)
  const behind = leftBehind(standings, left)
  if (behind.length + returned.length === 0) return { type: 'nothing' }
  const isBarred = behind.some((standing) => irreversibleAfterMove(standing) !== undefined)
  return isBarred || behind.every(isSwitched) ? { type: 'stays', standings: [...behind, ...returned] } : undefined
}

/** The rollouts that a run left on their way: neither parked nor taken on by another since. */
function leftBehind(standings: readonly Standing[], { holder }: LeftRun): readonly Standing[] {
  return standings.filter(({ kept: { journal } }) => journal.rollout?.state === 'running' && journal.rollout.by === holder)
}

function isSwitched(standing: Standing): boolean {
  const { rollout } = standing.kept.journal
  return rollout !== undefined && sameBackend(pointedAt(standing), slotBackend(rollout.slot))
}
