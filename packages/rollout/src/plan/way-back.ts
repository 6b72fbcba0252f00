import { milliseconds } from '@fairlead/base'
import { appLabels, baseSelector, sameBackend, slotBackend, type Backend } from '@fairlead/traffic'
import type { Creation, Rollout } from '../journal/index.ts'
import { pointedAt, scaledName, selectorIn, workloadName, workloadOf, type Standing } from '../standing/index.ts'
import { guardedBetween, keepApart, leaveOut, letIn, settleBudgets, type Guarding } from './budgets.ts'
import type { RolloutOptions } from './options.ts'
import { moveStep, type AwaitStep, type Step } from './step.ts'

type Options = Pick<RolloutOptions, 'rollbackTimeout'>

/**
 * Takes back the rollouts that are on their way, from any point at which they may have been left: the one way back, whether a step failed, a person asks for it
 * or another release comes. All pointers first, in reverse of the order in which they moved, then the Pods, then what was made.
 */
export function wayBackSteps(standings: readonly Standing[], options: Options): readonly Step[] {
  const reversed = standings.toReversed().filter(({ kept }) => kept.journal.rollout !== undefined)
  return [...reversed.flatMap((standing) => pointerSteps(standing, options)), ...reversed.flatMap((standing) => clearingSteps(standing))]
}

function pointerSteps(standing: Standing, { rollbackTimeout }: Options): readonly Step[] {
  const { rollout } = standing.kept.journal
  if (rollout === undefined) return []
  const { app, serviceName: service } = standing
  const { from } = rollout
  if (!leadsToCandidate(standing, rollout)) return from === undefined ? [] : handBack(standing, rollout, from)
  if (from === undefined) return wasCreated(rollout, 'Service', service) ? [{ type: 'remove', app, created: [serviceOf(rollout, service)] }] : []
  const { replicas, raise } = enoughOf(standing, rollout, from)
  const health: AwaitStep = { type: 'await', targets: [{ app, backend: from, replicas }], beside: [], timeout: rollbackTimeout, stability: milliseconds(0) }
  const pointer = {
    app,
    service,
    from: slotBackend(rollout.slot),
    to: from,
    atLeast: replicas,
    base: appLabels(baseSelector(selectorIn(standing.service)), app, from),
  }
  const guarding = guardedBack(standing, rollout, from)
  return [
    ...keepApart(guarding, from),
    ...raise,
    health,
    ...letIn(guarding, from),
    moveStep(pointer, { health, checks: undefined }),
    { type: 'prove', app, service, backend: from, atLeast: replicas },
    ...leaveOut(guarding, slotBackend(rollout.slot)),
    ...handBack(standing, rollout, from),
  ]
}

/** What served before was kept whole; where somebody has scaled it to zero since, it gets as many Pods as the candidate has. */
function enoughOf(standing: Standing, { slot }: Rollout, from: Backend): { readonly replicas: number; readonly raise: readonly Step[] } {
  const wanted = workloadOf(standing, from)?.wanted ?? 1
  if (wanted > 0) return { replicas: wanted, raise: [] }
  const replicas = Math.max(1, standing.slots[slot]?.wanted ?? 1)
  return { replicas, raise: [{ type: 'scale', app: standing.app, backend: from, replicas, before: 0 }] }
}

/** Only an autoscaler that was pointed at the candidate is pointed back; one that was made for it goes with it. */
function handBack(standing: Standing, rollout: Rollout, from: Backend): readonly Step[] {
  const { slot } = rollout
  const { app, autoscaler } = standing
  if (
    autoscaler === undefined ||
    scaledName(autoscaler) !== workloadName(app, slotBackend(slot)) ||
    wasCreated(rollout, autoscaler.kind, autoscaler.metadata.name)
  )
    return []
  return [{ type: 'hand-over', app, autoscaler: autoscaler.metadata.name, from: slotBackend(slot), to: from }]
}

function clearingSteps(standing: Standing): readonly Step[] {
  const { app } = standing
  const { rollout } = standing.kept.journal
  if (rollout === undefined) return []
  const { created, changed = [] } = rollout
  return [
    ...(changed.length === 0 ? [] : [{ type: 'restore' as const, app, changed }]),
    ...slotSteps(standing, rollout),
    ...budgetSteps(standing, rollout),
    ...openingSteps(standing, rollout),
    ...(created.length === 0 ? [] : [{ type: 'remove' as const, app, created }]),
    { type: 'end', app },
  ]
}

function guardedBack(standing: Standing, { slot, changed }: Rollout, from: Backend): Guarding {
  return guardedBetween(standing, [from, slotBackend(slot)], changed)
}

/** Once the candidate has no Pods any more, the user's budgets cover what serves by themselves. */
function budgetSteps(standing: Standing, rollout: Rollout): readonly Step[] {
  const { from, slot, changed } = rollout
  const guarding = from === undefined || !leadsToCandidate(standing, rollout) ? undefined : guardedBack(standing, rollout, from)
  return guarding === undefined || guarding.budgets.length === 0 ? settleBudgets(standing, changed) : letIn(guarding, slotBackend(slot))
}

function slotSteps({ app, slots }: Standing, { slot, before }: Rollout): readonly Step[] {
  if (slots[slot] === undefined) return []
  return [{ type: 'empty', app, slot }, ...(before === undefined ? [] : [{ type: 'put-back' as const, app, slot, before }])]
}

/** What was never released by us before is given back as it was: the Service first, then the Deployment. */
function openingSteps(standing: Standing, rollout: Rollout): readonly Step[] {
  const { app, serviceName: service } = standing
  const { adoption, active } = standing.kept.journal
  if (adoption !== undefined && active === undefined) {
    return [
      { type: 'reopen', app, service },
      { type: 'let-go', app, deployment: adoption.deployment },
    ]
  }
  const isUsersOwn = rollout.from === undefined && !wasCreated(rollout, 'Service', service)
  return isUsersOwn && leadsToCandidate(standing, rollout) ? [{ type: 'reopen', app, service }] : []
}

function leadsToCandidate(standing: Standing, { slot }: Rollout): boolean {
  return sameBackend(pointedAt(standing), slotBackend(slot))
}

function wasCreated({ created }: Rollout, kind: string, name: string): boolean {
  return created.some((each) => each.kind === kind && each.name === name)
}

function serviceOf({ created }: Rollout, name: string): Creation {
  return created.find((each) => each.kind === 'Service' && each.name === name) ?? { apiVersion: 'v1', kind: 'Service', name }
}
