import { sameBackend, slotBackend } from '@fairlead/traffic'
import type { Rollout } from '../journal/index.ts'
import { describeBackend, pointedAt, scaledName, workloadName, workloadOf, type Standing } from '../standing/index.ts'
import { arrivalOf } from './arriving.ts'
import { leftoverSteps } from './leftovers.ts'
import type { RolloutOptions } from './options.ts'
import type { Plan } from './plan.ts'
import { restOf } from './soaking.ts'
import type { AwaitTarget, Standby, Step } from './step.ts'
import { wayBackSteps } from './way-back.ts'

type Options = Pick<RolloutOptions, 'timeout' | 'stability' | 'settle' | 'soak' | 'drain' | 'rollbackTimeout'>

/**
 * Decides how what vanished runs have left is brought to an end, without knowing what they were asked for: what has no users yet is taken back; what they are on already is watched for the
 * rest of its time and accepted; a rollback that has moved is written down; a standby whose time is over is retired. What is parked stays parked.
 */
export function planReap(standings: readonly Standing[], options: Options): Plan {
  const left = standings.filter(({ kept }) => kept.journal.rollout?.state === 'running')
  const settled = standings.filter((standing) => !left.includes(standing))
  const steps = [
    ...(left.every(isOnCandidate) ? finishing(left, options) : wayBackSteps(left, options)),
    ...settled.flatMap((standing) => settling(standing, options)),
  ]
  const nothing = `${standings.map(({ app }) => app).join(', ')}: nothing was left behind`
  return { title: standings.map(titleOf), notes: [], steps, ...(steps.length === 0 ? { nothing } : {}) }
}

function isOnCandidate(standing: Standing): boolean {
  const { rollout } = standing.kept.journal
  return rollout !== undefined && sameBackend(pointedAt(standing), slotBackend(rollout.slot))
}

/** Users are on it: it was proven before they were moved, and has to hold for the rest of its time. */
function finishing(left: readonly Standing[], { timeout, stability, settle, soak, drain }: Options): readonly Step[] {
  if (left.length === 0) return []
  const moved = left.flatMap((standing) => {
    const { rollout } = standing.kept.journal
    return rollout === undefined ? [] : [{ standing, rollout, target: targetOf(standing, rollout) }]
  })
  const targets = moved.map(({ target }) => target)
  return [
    { type: 'await', targets, beside: [], timeout, stability },
    ...moved.flatMap(({ standing, target }) => arrivingSteps(standing, target)),
    ...(settle === 0 ? [] : [{ type: 'settle' as const, duration: settle }]),
    {
      type: 'soak',
      duration: restOf(left, soak),
      targets: moved.map(({ standing, target }) => ({ ...target, service: standing.serviceName })),
      checks: [],
      url: undefined,
    },
    ...moved.map(({ standing: { app }, rollout: { release, from }, target: { backend } }): Step => {
      return { type: 'record', app, release, backend, from, isWayBack: false, standby: { type: 'cold' } }
    }),
    ...moved.flatMap(({ standing: { app }, rollout: { from } }): readonly Step[] =>
      from === undefined ? [] : [{ type: 'retire', app, backend: from, drain, standby: { type: 'cold' }, cleanup: false }],
    ),
  ]
}

function targetOf(standing: Standing, { slot, release }: Rollout): AwaitTarget {
  const backend = slotBackend(slot)
  const wanted = workloadOf(standing, backend)?.wanted ?? 0
  return { app: standing.app, backend, replicas: Math.max(1, wanted > 0 ? wanted : (release.replicas ?? 1)) }
}

function arrivingSteps({ app, serviceName: service, autoscaler, kept }: Standing, { backend, replicas }: AwaitTarget): readonly Step[] {
  const prove: Step = { type: 'prove', app, service, backend, atLeast: replicas }
  if (autoscaler === undefined || scaledName(autoscaler) === workloadName(app, backend)) return [prove]
  return [prove, { type: 'hand-over', app, autoscaler: autoscaler.metadata.name, from: kept.journal.rollout?.from, to: backend }]
}

function settling(standing: Standing, { drain }: Options): readonly Step[] {
  const { rollout } = standing.kept.journal
  if (rollout !== undefined) return []
  const arrival = arrivalOf(standing)
  const standby: Standby = standing.kept.journal.warm === true ? { type: 'warm' } : { type: 'cold' }
  return [...(arrival?.steps ?? []), ...leftoverSteps(arrival?.standing ?? standing, { drain, standby, adoptCleanup: false })]
}

function titleOf(standing: Standing): string {
  const { active, rollout } = standing.kept.journal
  const serving = `${standing.namespace}/${standing.app} - ${describeBackend(pointedAt(standing))} is active`
  const known = active === undefined ? '' : ` (release ${active.release.number})`
  if (rollout === undefined) return `${serving}${known}`
  return `${serving}${known}, release ${rollout.release.number} is ${rollout.state === 'parked' ? 'parked' : `left at "${rollout.step}"`} in ${rollout.slot}`
}
