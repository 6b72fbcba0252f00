import { milliseconds } from '@fairlead/base'
import { baseSelector, sameBackend, type Backend } from '@fairlead/traffic'
import type { Placed } from '../journal/index.ts'
import { activeOf, describeBackend, pointedAt, selectorIn, workloadName, workloadOf, type Standing } from '../standing/index.ts'
import type { RolloutOptions } from './options.ts'
import type { Plan } from './plan.ts'
import { moveStep, type AwaitStep, type Step } from './step.ts'
import { wayBackSteps } from './way-back.ts'

type Options = Pick<RolloutOptions, 'rollbackTimeout' | 'drain'>

/** A plan, or why there is no way back. A refusal changes nothing. */
export type RollbackPlan =
  | (Plan & { readonly refused?: undefined })
  | { readonly refused: string; readonly title: readonly string[]; readonly steps: readonly []; readonly notes: readonly string[] }

/**
 * Decides the way back: out of what is on its way, otherwise to the release before. Several apps go back together or not at all, in reverse of their order.
 */
export function planRollback(standings: readonly Standing[], options: Options): RollbackPlan {
  const title = standings.map(titleOf)
  const inFlight = standings.filter(({ kept }) => kept.journal.rollout !== undefined)
  const refusals = inFlight.length > 0 ? inFlight.flatMap(stuck) : standings.flatMap(refusalOf)
  if (refusals.length > 0) return { refused: refusals.join('; '), title, steps: [], notes: [] }
  if (inFlight.length > 0) return { title, steps: wayBackSteps(inFlight, options), notes: [] }
  return { title, steps: backwards(standings.toReversed().flatMap(returnOf), options), notes: [] }
}

/** A first release that serves already, parked or left by its run, has nothing behind it: taking it away would leave nobody to answer. */
function stuck(standing: Standing): readonly string[] {
  const { rollout } = standing.kept.journal
  if (rollout === undefined || rollout.from !== undefined || !sameBackend(pointedAt(standing), { type: 'slot', slot: rollout.slot })) return []
  return [`${standing.app}: nothing to roll back to, release ${rollout.release.number} is its first`]
}

function refusalOf(standing: Standing): readonly string[] {
  const { app, kept } = standing
  const { previous, active } = kept.journal
  if (active === undefined) return [`${app}: nothing to roll back to, it has never been released`]
  if (previous === undefined) return [`${app}: nothing to roll back to, release ${active.release.number} is the only one there is`]
  if (previous.bad === true) return [`${app}: nothing to roll back to, release ${previous.release.number} was rolled back itself`]
  if (!sameBackend(pointedAt(standing), active.backend)) {
    return [
      `${app}: Service ${standing.serviceName} leads to ${describeBackend(pointedAt(standing))}, expected ${describeBackend(active.backend)} as release ${active.release.number} left it: somebody has moved it`,
    ]
  }
  return isStillThere(standing, previous)
    ? []
    : [`${app}: nothing to roll back to, ${workloadName(app, previous.backend)} does not hold release ${previous.release.number} any more`]
}

function isStillThere(standing: Standing, { backend, release }: Placed): boolean {
  const workload = workloadOf(standing, backend)
  if (workload === undefined) return false
  return backend.type === 'adopted' ? workload.uid === standing.kept.journal.adoption?.uid : workload.identity === release.identity
}

interface Return {
  readonly standing: Standing
  readonly from: Backend
  readonly to: Placed
  readonly replicas: number
  /** Enough Pods of it are there. */
  readonly isWarm: boolean
  readonly before: number
}

function returnOf(standing: Standing): readonly Return[] {
  const { previous } = standing.kept.journal
  const active = activeOf(standing)
  if (previous === undefined || active === undefined) return []
  const workload = workloadOf(standing, previous.backend)
  const replicas = Math.max(1, active.workload.wanted)
  return [{ standing, from: active.backend, to: previous, replicas, isWarm: (workload?.available ?? 0) >= replicas, before: workload?.wanted ?? 0 }]
}

function backwards(returns: readonly Return[], { rollbackTimeout, drain }: Options): readonly Step[] {
  const targets = returns.map(({ standing, to, replicas }) => ({ app: standing.app, backend: to.backend, replicas }))
  // What served before was proven then: it needs to be whole, not to be watched again.
  const health: AwaitStep = { type: 'await', targets, timeout: rollbackTimeout, stability: milliseconds(0) }
  const scales = returns.filter(({ isWarm }) => !isWarm)
  return [
    ...scales.map(({ standing, to, replicas, before }): Step => ({ type: 'scale', app: standing.app, backend: to.backend, replicas, before })),
    health,
    ...returns.flatMap((each) => pointerSteps(each, health)),
    ...returns.map(({ standing, from, to }): Step => {
      const standby = { type: 'cold' } as const
      return { type: 'record', app: standing.app, release: to.release, backend: to.backend, from, isWayBack: true, standby }
    }),
    ...returns.map(({ standing, from }): Step => ({ type: 'retire', app: standing.app, backend: from, drain, standby: { type: 'cold' }, cleanup: false })),
  ]
}

function pointerSteps({ standing, from, to, replicas }: Return, health: AwaitStep): readonly Step[] {
  const { app, serviceName: service, autoscaler } = standing
  const base = baseSelector(selectorIn(standing.service))
  const handOver: readonly Step[] = autoscaler === undefined ? [] : [{ type: 'hand-over', app, autoscaler: autoscaler.metadata.name, from, to: to.backend }]
  return [
    moveStep({ app, service, from, to: to.backend, atLeast: replicas, base }, { health, checks: undefined }),
    { type: 'prove', app, service, backend: to.backend, atLeast: replicas },
    ...handOver,
  ]
}

function titleOf(standing: Standing): string {
  const { active, previous, rollout } = standing.kept.journal
  const now = active === undefined ? 'no release yet' : `${describeBackend(active.backend)} is active (release ${active.release.number})`
  const before = previous === undefined ? '' : `, ${describeBackend(previous.backend)} was before (release ${previous.release.number})`
  const onWay = rollout === undefined ? '' : `, release ${rollout.release.number} is ${rollout.state === 'parked' ? 'parked' : 'on its way'} in ${rollout.slot}`
  return `${standing.namespace}/${standing.app} - ${now}${before}${onWay}`
}
