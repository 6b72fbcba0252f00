import { milliseconds } from '@fairlead/base'
import { appLabels, baseSelector, sameBackend, type Backend } from '@fairlead/traffic'
import type { Placed } from '../journal/index.ts'
import { describeBackend, pointedAt, selectorIn, workloadName, workloadOf, type Standing } from '../standing/index.ts'
import { isReturned, isServedFirst } from './arriving.ts'
import { openPointer } from '../preflight/open-pointer.ts'
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
  // Several go back together: one that has arrived does not keep the others from it.
  const isInterrupted = standings.some((standing) => isReturned(standing) || finishing(standing).length > 0)
  const inFlight = standings.filter(({ kept }) => kept.journal.rollout !== undefined)
  const settled = standings.filter((standing) => !inFlight.includes(standing))
  const refusals =
    inFlight.length > 0 ? [...inFlight.flatMap(stuck), ...mixed(inFlight, settled)] : standings.flatMap((standing) => refusalOf(standing, isInterrupted))
  if (refusals.length > 0) return { refused: refusals.join('; '), title, steps: [], notes: [] }
  if (inFlight.length > 0) return { title, steps: wayBackSteps(inFlight, options), notes: [] }
  const reversed = standings.toReversed()
  const left = reversed.flatMap(finishing)
  const steps = [...backwards(reversed.flatMap(returnOf), options), ...left.flatMap((each) => retireBad(each, options))]
  return { title, steps, notes: [] }
}

/** One release that has arrived and one that has not are two ways back: which comes first is for a person to say. */
function mixed(inFlight: readonly Standing[], settled: readonly Standing[]): readonly string[] {
  if (settled.length === 0) return []
  const names = (standings: readonly Standing[]) => standings.map(({ app }) => app).join(', ')
  return [`${names(inFlight)} is on its way and ${names(settled)} is not, expected both or neither; roll ${names(inFlight)} back first, then ${names(settled)}`]
}

/** A first release that serves already, parked or left by its run, has nothing behind it: taking it away would leave nobody to answer. */
function stuck(standing: Standing): readonly string[] {
  const { rollout } = standing.kept.journal
  if (rollout === undefined || !isServedFirst(standing)) return []
  return [`${standing.app}: nothing to roll back to, release ${rollout.release.number} is its first`]
}

function refusalOf(standing: Standing, isInterrupted: boolean): readonly string[] {
  const { app, kept } = standing
  const { previous, active } = kept.journal
  if (active === undefined) return [`${app}: nothing to roll back to, it has never been released`]
  if (previous === undefined) return [`${app}: nothing to roll back to, release ${active.release.number} is the only one there is`]
  if (previous.bad === true) return isInterrupted ? [] : [`${app}: nothing to roll back to, release ${previous.release.number} was rolled back itself`]
  if (standing.service === undefined) return [`${app}: Service ${standing.serviceName} does not exist, expected the one that leads users to ${app}`]
  const opened = openPointer(standing)
  if (opened !== undefined) return [`${opened.said}; lead it to release ${active.release.number} again with: ${opened.command}`]
  if (!sameBackend(pointedAt(standing), active.backend) && !isReturned(standing)) {
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

/** What is left of a rollback whose run ended after its record: the Pods of the bad release are still there. */
function finishing(standing: Standing): readonly Standing[] {
  const { previous, active } = standing.kept.journal
  if (previous?.bad !== true || !sameBackend(pointedAt(standing), active?.backend)) return []
  return (workloadOf(standing, previous.backend)?.wanted ?? 0) > 0 ? [standing] : []
}

interface Return {
  readonly standing: Standing
  readonly from: Backend
  readonly to: Placed
  readonly replicas: number
  /** Enough Pods of it are there. */
  readonly isWarm: boolean
  readonly before: number
  /** An earlier run has moved the pointer already. */
  readonly moved: boolean
}

function retireBad({ app, kept }: Standing, { drain }: Options): readonly Step[] {
  const { previous } = kept.journal
  return previous === undefined ? [] : [{ type: 'retire', app, backend: previous.backend, drain, standby: { type: 'cold' }, cleanup: false }]
}

function returnOf(standing: Standing): readonly Return[] {
  const { previous, active } = standing.kept.journal
  if (previous === undefined || previous.bad === true || active === undefined) return []
  const { wanted: before = 0, available = 0 } = workloadOf(standing, previous.backend) ?? {}
  const replicas = neededBy(standing, [active, previous]) ?? Math.max(1, before)
  return [{ standing, from: active.backend, to: previous, replicas, isWarm: available >= replicas, before, moved: isReturned(standing) }]
}

/** As many Pods as serve now. Scaled to nobody, or deleted, what serves says nothing: then as many as it was released with. */
function neededBy(standing: Standing, [active, ...others]: readonly [Placed, ...Placed[]]): number | undefined {
  const asked = workloadOf(standing, active.backend)?.wanted ?? 0
  return asked > 0 ? asked : [active, ...others].map(({ release }) => release.replicas).find((replicas) => replicas !== undefined)
}

function backwards(returns: readonly Return[], { rollbackTimeout, drain }: Options): readonly Step[] {
  if (returns.length === 0) return []
  const targets = returns.map(({ standing, to, replicas }) => ({ app: standing.app, backend: to.backend, replicas }))
  // What served before was proven then: it needs to be whole, not to be watched again.
  const health: AwaitStep = { type: 'await', targets, beside: [], timeout: rollbackTimeout, stability: milliseconds(0) }
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

function pointerSteps({ standing, from, to, replicas, moved }: Return, health: AwaitStep): readonly Step[] {
  const { app, serviceName: service, autoscaler } = standing
  const base = appLabels(baseSelector(selectorIn(standing.service)), app, to.backend)
  const handOver: readonly Step[] = autoscaler === undefined ? [] : [{ type: 'hand-over', app, autoscaler: autoscaler.metadata.name, from, to: to.backend }]
  return [
    ...(moved ? [] : [moveStep({ app, service, from, to: to.backend, atLeast: replicas, base }, { health, checks: undefined })]),
    { type: 'prove', app, service, backend: to.backend, atLeast: replicas },
    ...handOver,
  ]
}

function titleOf(standing: Standing): string {
  const { active, previous, rollout } = standing.kept.journal
  const now = active === undefined ? 'no release yet' : `${describeBackend(active.backend)} is active (release ${active.release.number})`
  const before = previous === undefined ? '' : `, ${describeBackend(previous.backend)} was before (release ${previous.release.number})`
  const onWay = rollout === undefined ? '' : `, release ${rollout.release.number} is ${rollout.state === 'parked' ? 'parked' : 'on its way'} in ${rollout.slot}`
  const returned = isReturned(standing) && previous !== undefined ? `, and a rollback has moved users back to ${describeBackend(previous.backend)}` : ''
  return `${standing.namespace}/${standing.app} - ${now}${before}${onWay}${returned}`
}
