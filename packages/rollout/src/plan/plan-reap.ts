import { sameBackend, slotBackend } from '@fairlead/traffic'
import type { Rollout } from '../journal/index.ts'
import { describeBackend, pointedAt, scaledName, workloadName, workloadOf, type Standing } from '../standing/index.ts'
import { arrivalOf } from './arriving.ts'
import { guardedBetween, letIn } from './budgets.ts'
import { irreversibleAfterMove } from './irreversible.ts'
import { leftoverSteps, strayedSteps } from './leftovers.ts'
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
  const left = standings.filter(isLeft)
  const settled = standings.filter((standing) => !isLeft(standing))
  const barred = left.flatMap((standing) => irreversibleAfterMove(standing) ?? [])
  const steps = [
    ...(left.every(isOnCandidate) ? finishing(left, options) : barred.length > 0 ? [] : wayBackSteps(left, options)),
    ...settled.flatMap((standing) => settling(standing, options)),
  ]
  const nothing =
    barred.length > 0 ? `left as it is, a person must decide: ${barred.join('; ')}` : `${standings.map(({ app }) => app).join(', ')}: nothing was left behind`
  return { title: standings.map(titleOf), notes: [], steps, ...(steps.length === 0 ? { nothing } : {}) }
}

/** The apps that one run has left go together, and each of those that are settled goes alone: what becomes of one release says nothing about another. */
export function reapGroups(standings: readonly Standing[]): readonly (readonly Standing[])[] {
  const runs = new Map<string, Standing[]>()
  for (const standing of standings.filter(isLeft)) {
    const by = standing.kept.journal.rollout?.by ?? standing.app
    runs.set(by, [...(runs.get(by) ?? []), standing])
  }
  return [...runs.values(), ...standings.filter((standing) => !isLeft(standing)).map((standing) => [standing])]
}

function isLeft({ kept }: Standing): boolean {
  return kept.journal.rollout?.state === 'running'
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
    ...moved.flatMap(({ standing, rollout: { from }, target: { backend } }): readonly Step[] =>
      from === undefined
        ? []
        : [
            { type: 'retire', app: standing.app, backend: from, drain, standby: { type: 'cold' }, cleanup: false },
            ...letIn(guardedBetween(standing, [backend, from]), from),
          ],
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
  const leftovers = leftoverSteps(arrival?.standing ?? standing, { drain, standby, adoptCleanup: false })
  const isRetired = leftovers.some(({ type }) => type === 'retire')
  return [...(arrival?.steps ?? []), ...(isRetired ? [] : strayedSteps(standing, { drain })), ...leftovers]
}

function titleOf(standing: Standing): string {
  const { active, rollout } = standing.kept.journal
  const now = pointedAt(standing)
  const serving = `${standing.namespace}/${standing.app} - ${describeBackend(now)} is active`
  const known = active !== undefined && sameBackend(now, active.backend) ? ` (release ${active.release.number})` : ''
  if (rollout === undefined) return `${serving}${known}`
  return `${serving}${known}, release ${rollout.release.number} is ${rollout.state === 'parked' ? 'parked' : `left at "${rollout.step}"`} in ${rollout.slot}`
}
