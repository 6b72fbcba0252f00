import { sameBackend } from '@fairlead/traffic'
import type { Placed } from '../journal/index.ts'
import { activeOf, pointedAt, scaledName, workloadName, workloadOf, type Standing } from '../standing/index.ts'
import type { RolloutOptions } from './options.ts'
import type { Standby, Step } from './step.ts'

/**
 * What a run that ended after its record has left to do for an app that serves: the autoscaler is pointed at it, and what served before is retired, unless it is to stay warm.
 */
export function leftoverSteps(
  standing: Standing,
  { drain, standby, adoptCleanup }: Pick<RolloutOptions, 'drain' | 'standby' | 'adoptCleanup'>,
): readonly Step[] {
  const { app, kept } = standing
  const { previous, rollout } = kept.journal
  if (previous === undefined || rollout !== undefined) return handOverSteps(standing)
  if (sameBackend(pointedAt(standing), previous.backend)) return [...handOverSteps(standing), ...movedByHand(standing, previous)]
  const workload = workloadOf(standing, previous.backend)
  if (workload === undefined || !isStillOurs(standing)) return handOverSteps(standing)
  const cleanup = adoptCleanup && previous.backend.type === 'adopted'
  const isDone = isKept(standing, standby) || (workload.wanted === 0 && !cleanup)
  return [
    ...handOverSteps(standing),
    ...(isDone ? [] : [{ type: 'retire' as const, app, backend: previous.backend, drain, standby: { type: 'cold' as const }, cleanup }]),
  ]
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
