import { sameBackend } from '@fairlead/traffic'
import type { Adoption, Placed } from '../journal/index.ts'
import { activeOf, pointedAt, scaledName, workloadName, workloadOf, type Standing } from '../standing/index.ts'
import { guardedBetween, keepApart, settleBudgets } from './budgets.ts'
import type { RolloutOptions } from './options.ts'
import type { Standby, Step } from './step.ts'

/**
 * What a run that ended after its record has left to do for an app that serves: the autoscaler is pointed at it, and what served before is retired, unless it is to stay warm.
 */
export function leftoverSteps(standing: Standing, options: Options): readonly Step[] {
  const { previous, rollout } = standing.kept.journal
  const handOver = handOverSteps(standing)
  if (rollout !== undefined) return handOver
  if (previous === undefined) return [...handOver, ...settleBudgets(standing)]
  if (sameBackend(pointedAt(standing), previous.backend)) return [...handOver, ...movedByHand(standing, previous)]
  return [...handOver, ...standbySteps(standing, previous, options)]
}

type Options = Pick<RolloutOptions, 'drain' | 'standby' | 'adoptCleanup'>

function standbySteps(standing: Standing, previous: Placed, { drain, standby, adoptCleanup }: Options): readonly Step[] {
  const { app } = standing
  const { backend } = previous
  const workload = workloadOf(standing, backend)
  if (workload === undefined || !isStillOurs(standing)) return settleBudgets(standing)
  const cleanup = adoptCleanup && backend.type === 'adopted'
  const kept = isKept(standing, standby)
  const isDone = kept || (workload.wanted === 0 && !cleanup)
  return [
    ...(isDone ? [] : [{ type: 'retire' as const, app, backend, drain, standby: { type: 'cold' as const }, cleanup }]),
    ...(kept && workload.wanted > 0 ? apartSteps(standing, previous) : settleBudgets(standing)),
  ]
}

/** The Deployment from before, left with its Pods by a run that was killed after its release had arrived: nobody is led to it, and another release does not need it as its way back. */
export function strayedSteps(standing: Standing, { drain }: Pick<Options, 'drain'>): readonly Step[] {
  const { app, kept } = standing
  const { adoption, warm, standbyUntil } = kept.journal
  if (adoption === undefined || !isStray(standing, adoption) || warm === true || standbyUntil !== undefined) return []
  const backend = { type: 'adopted', hash: adoption.hash ?? '' } as const
  return [{ type: 'retire', app, backend, drain, standby: { type: 'cold' }, cleanup: false }]
}

function isStray(standing: Standing, { uid }: Adoption): boolean {
  const { plain, kept } = standing
  const isLeft = plain !== undefined && plain.wanted > 0 && plain.uid === uid
  return isLeft && pointedAt(standing)?.type === 'slot' && kept.journal.active?.backend.type === 'slot'
}

/** A standby with Pods stays out of the budgets of what serves. */
function apartSteps(standing: Standing, { backend }: Placed): readonly Step[] {
  const serving = activeOf(standing)
  return serving === undefined ? [] : keepApart(guardedBetween(standing, [serving.backend, backend]), backend)
}

/** Somebody has moved users to what was before: it is what serves, and is written down so. Nothing is taken from under them. */
function movedByHand({ app, kept }: Standing, { backend, release }: Placed): readonly Step[] {
  const from = kept.journal.active?.backend
  return [{ type: 'record', app, release, backend, from, isWayBack: false, standby: { type: 'warm' } }]
}

/** A standby that is to stay warm for a time stays so until then, whatever is asked for now. */
function isKept({ kept, seenAt }: Standing, standby: Standby): boolean {
  const { standbyUntil } = kept.journal
  return standbyUntil === undefined ? standby.type === 'warm' : seenAt < Date.parse(standbyUntil)
}

/** A Deployment of the adopted one's name that was made since is its user's own. */
function isStillOurs({ kept: { journal }, plain }: Standing): boolean {
  return journal.previous?.backend.type !== 'adopted' || plain?.uid === journal.adoption?.uid
}

/** An autoscaler that was left with what served before would scale nobody. */
function handOverSteps(standing: Standing): readonly Step[] {
  const { app, autoscaler, kept } = standing
  const { active, previous } = kept.journal
  const serving = activeOf(standing)
  if (autoscaler === undefined || serving === undefined || active === undefined || scaledName(autoscaler) === workloadName(app, serving.backend)) return []
  return [{ type: 'hand-over', app, autoscaler: autoscaler.metadata.name, from: previous?.backend, to: serving.backend }]
}
