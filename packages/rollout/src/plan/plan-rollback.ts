import { milliseconds } from '@fairlead/base'
import type { Check } from '@fairlead/health/checks'
import { appLabels, baseSelector, sameBackend, slotBackend, type Backend } from '@fairlead/traffic'
import { imagesToPin } from '../order/index.ts'
import type { Placed, ReleaseNote } from '../journal/index.ts'
import type { Archive } from '../records/index.ts'
import { digestOf } from '../release/index.ts'
import { describeBackend, pointedAt, selectorIn, workloadOf, type Standing } from '../standing/index.ts'
import { isReturned, isServedFirst } from './arriving.ts'
import { guardedBetween, keepApart, leaveOut, letIn, settleBudgets, type Guarding } from './budgets.ts'
import { clearedAway } from './clearing.ts'
import { destinationOf, type Destination } from './destination.ts'
import { findRelease, goalOf, type Goal, type GoalLine } from './goal.ts'
import { irreversibleAfterMove } from './irreversible.ts'
import type { RolloutOptions } from './options.ts'
import type { Plan } from './plan.ts'
import { restoration } from './plan-restore.ts'
import { moveStep, type AwaitStep, type AwaitTarget, type CheckStep, type PinStep, type Step } from './step.ts'
import { wayBackSteps } from './way-back.ts'

/** What the user says about a way back. */
export interface RollbackOptions extends Pick<RolloutOptions, 'rollbackTimeout' | 'drain'> {
  /** Which release to go back to; empty, the good one before. */
  readonly to?: readonly GoalLine[]
  /** Why, for the pin that is left. */
  readonly reason?: string | undefined
  readonly actor?: string
  /** Questions for the Pods that are gone back to, before users are. */
  readonly checks?: readonly Check[]
  /** What was read beforehand, by app. */
  readonly archives?: ReadonlyMap<string, Archive>
}

/** A plan, or why there is no way back. A refusal changes nothing. */
export type RollbackPlan =
  | (Plan & { readonly refused?: undefined })
  | { readonly refused: string; readonly title: readonly string[]; readonly steps: readonly []; readonly notes: readonly string[] }

/**
 * Decides the way back: out of what is on its way, otherwise to the release before, or the one that is named. Several apps go back together or not at all, in reverse of their order.
 * What is left is pinned before any traffic moves.
 */
export function planRollback(standings: readonly Standing[], options: RollbackOptions): RollbackPlan {
  const { to = [], rollbackTimeout: budget } = options
  const aborted = standings.filter((standing) => isAborted(standing, goalOf(to, standing.app)))
  const settled = standings.filter((standing) => !aborted.includes(standing))
  const isAbort = to.length === 0 && aborted.length > 0
  const courses = isAbort ? [] : destinations(standings, options)
  const title = standings.map((standing, index) => `${titleOf(standing)}${goalText(courses[index])}`)
  const refusals = [
    ...aborted.flatMap((standing) => stuck(standing) ?? irreversibleAfterMove(standing) ?? []),
    ...(isAbort ? mixed(aborted, settled) : []),
    ...courses.flatMap(refusalOf),
  ]
  if (refusals.length > 0) return { refused: refusals.join('; '), title, steps: [], notes: [] }
  const returns = courses.toReversed().flatMap(returnOf)
  const left = courses.toReversed().filter(({ destination }) => destination.type === 'arrived')
  const pins = returns.flatMap((each) => pinSteps(each, options))
  const steps = [...pins, ...wayBackSteps(aborted, options), ...backwards(returns, options), ...left.flatMap(({ standing }) => retireBad(standing, options))]
  const notes = returns.flatMap((each) => each.notes)
  const nothing = `${standings.map(serving).join(', ')} already${to.length === 0 ? ', gone back to before; to go further, name a release in `to`' : ''}`
  return { title, steps, notes, budget, ...(steps.length === 0 ? { nothing } : {}) }
}

/** Tells whether a rollback of these apps was begun and not ended: one that has arrived does not keep the others from it. */
export function isReturnInterrupted(standings: readonly Standing[]): boolean {
  return standings.some((standing) => isReturned(standing) || isLeftRunning(standing) || standing.kept.journal.rollout?.restores === true)
}

/** An app as its way back is planned: without what is on its way to somewhere else. */
export function seenBack(standing: Standing, goal: Goal | undefined): Standing {
  return isAborted(standing, goal) ? clearedAway(standing) : standing
}

interface Course {
  readonly standing: Standing
  readonly destination: Destination
  readonly options: RollbackOptions
}

function destinations(standings: readonly Standing[], options: RollbackOptions): readonly Course[] {
  const { to = [], archives } = options
  const isInterrupted = isReturnInterrupted(standings)
  return standings.map((each) => {
    const goal = goalOf(to, each.app)
    const standing = seenBack(each, goal)
    return { standing, options, destination: destinationOf(standing, { goal, archive: archives?.get(each.app), isInterrupted }) }
  })
}

function refusalOf({ standing: { app }, destination }: Course): readonly string[] {
  if (destination.type === 'refused') return [destination.reason]
  const isUnread = destination.type === 'record' && destination.record === undefined
  return isUnread ? [`${app}: the record of release ${destination.entry.release.number} was not read`] : []
}

/** What is on its way ends, unless it is the very way back that is asked for. */
function isAborted({ kept }: Standing, goal: Goal | undefined): boolean {
  const { rollout } = kept.journal
  if (rollout === undefined) return false
  if (rollout.restores !== true) return true
  return goal !== undefined && typeof findRelease(goal, [rollout.release]) === 'string'
}

/** One release that has arrived and one that has not are two ways back: which comes first is for a person to say. */
function mixed(inFlight: readonly Standing[], settled: readonly Standing[]): readonly string[] {
  if (settled.length === 0) return []
  const names = (standings: readonly Standing[]) => standings.map(({ app }) => app).join(', ')
  return [`${names(inFlight)} is on its way and ${names(settled)} is not, expected both or neither; roll ${names(inFlight)} back first, then ${names(settled)}`]
}

/** A first release that serves already, parked or left by its run, has nothing behind it: taking it away would leave nobody to answer. */
function stuck(standing: Standing): string | undefined {
  const { rollout } = standing.kept.journal
  if (rollout === undefined || !isServedFirst(standing)) return undefined
  return `${standing.app}: nothing to roll back to, release ${rollout.release.number} is its first`
}

/** What is left of a rollback whose run ended after its record: the Pods of the bad release are still there, or budgets that were shared out between two. */
function isLeftRunning(standing: Standing): boolean {
  const { previous, active } = standing.kept.journal
  if (previous?.bad !== true || !sameBackend(pointedAt(standing), active?.backend)) return false
  return hasPods(standing, previous) || settleBudgets(standing).length > 0
}

function hasPods(standing: Standing, { backend }: Placed): boolean {
  return (workloadOf(standing, backend)?.wanted ?? 0) > 0
}

function retireBad(standing: Standing, { drain }: RollbackOptions): readonly Step[] {
  const { previous } = standing.kept.journal
  if (previous === undefined || !isLeftRunning(standing)) return []
  const retire: Step = { type: 'retire', app: standing.app, backend: previous.backend, drain, standby: { type: 'cold' }, cleanup: false }
  return [...(hasPods(standing, previous) ? [retire] : []), ...settleBudgets(standing)]
}

/** One app on its way back. */
interface Return {
  readonly standing: Standing
  readonly from: Backend
  readonly to: Backend
  readonly left: ReleaseNote
  readonly release: ReleaseNote
  readonly target: AwaitTarget
  /** What brings its Pods up; none where they are there. */
  readonly raise: readonly Step[]
  /** An earlier run has moved the pointer already. */
  readonly moved: boolean
  /** The budgets that are shared out between what serves and what is gone back to. */
  readonly guarding: Guarding
  readonly notes: readonly string[]
}

function returnOf({ standing, destination }: Course): readonly Return[] {
  const { active } = standing.kept.journal
  if (active === undefined) return []
  const common = { standing, from: active.backend, left: active.release }
  if (destination.type === 'standby') return [{ ...common, ...standbyOf(standing, destination), notes: companionNotes(standing, destination.to.release) }]
  if (destination.type !== 'record' || destination.record === undefined) return []
  const { entry, record } = destination
  const replicas = neededBy(standing, [active.release, entry.release]) ?? record.deployment.replicas ?? 1
  const { slot, moved, pinned, guarding, steps: raise, notes } = restoration(standing, entry, { record, replicas })
  const to = slotBackend(slot)
  const target = { app: standing.app, backend: to, replicas, pinned }
  return [{ ...common, to, release: entry.release, target, raise, moved, guarding, notes: [...notes, ...companionNotes(standing, entry.release)] }]
}

function standbyOf(
  standing: Standing,
  { to: { backend, release } }: Extract<Destination, { readonly type: 'standby' }>,
): Pick<Return, 'to' | 'release' | 'target' | 'raise' | 'moved' | 'guarding'> {
  const { app, kept } = standing
  const { wanted: before = 0, available = 0 } = workloadOf(standing, backend) ?? {}
  const replicas = neededBy(standing, [...(kept.journal.active === undefined ? [] : [kept.journal.active.release]), release]) ?? Math.max(1, before)
  const guarding = guardedBetween(standing, [...(kept.journal.active === undefined ? [] : [kept.journal.active.backend]), backend])
  const raise: readonly Step[] = available >= replicas ? [] : [{ type: 'scale', app, backend, replicas, before }]
  return { to: backend, release, target: { app, backend, replicas }, raise, moved: isReturned(standing), guarding }
}

/** As many Pods as serve now. Scaled to nobody, or deleted, what serves says nothing: then as many as it was released with. */
function neededBy(standing: Standing, notes: readonly ReleaseNote[]): number | undefined {
  const { active } = standing.kept.journal
  const asked = active === undefined ? 0 : (workloadOf(standing, active.backend)?.wanted ?? 0)
  return asked > 0 ? asked : notes.map(({ replicas }) => replicas).find((replicas) => replicas !== undefined)
}

function companionNotes({ app, kept }: Standing, { number, companions }: ReleaseNote): readonly string[] {
  const now = kept.journal.active?.release.companions
  if (now === undefined || companions === undefined || now === companions) return []
  return [
    `${app}: what accompanies release ${number} is not what accompanies the one that is left; it is left as it is, apply it from your sources where it matters`,
  ]
}

function backwards(returns: readonly Return[], options: RollbackOptions): readonly Step[] {
  if (returns.length === 0) return []
  const { rollbackTimeout, drain, checks = [] } = options
  // What served before was proven then: it needs to be whole, not to be watched again.
  const health: AwaitStep = { type: 'await', targets: returns.map(({ target }) => target), beside: [], timeout: rollbackTimeout, stability: milliseconds(0) }
  const asked: CheckStep | undefined = checks.length === 0 ? undefined : { type: 'check', health, checks }
  return [
    ...returns.flatMap(({ guarding, to, moved }) => (moved ? [] : keepApart(guarding, to))),
    ...returns.flatMap(({ raise }) => raise),
    health,
    ...(asked === undefined ? [] : [asked]),
    ...returns.flatMap((each) => pointerSteps(each, { health, checks: asked })),
    ...returns.map(({ standing: { app }, from, to: backend, release }): Step => {
      return { type: 'record', app, release, backend, from, isWayBack: true, standby: { type: 'cold' } }
    }),
    ...returns.flatMap(({ standing, from, guarding }): readonly Step[] => [
      { type: 'retire', app: standing.app, backend: from, drain, standby: { type: 'cold' }, cleanup: false },
      ...letIn(guarding, from),
    ]),
  ]
}

/** What was there before us is nobody's release: nothing could release it again. */
function pinSteps({ standing, left, release }: Return, { reason = 'rolled back', actor = 'nobody known' }: RollbackOptions): readonly PinStep[] {
  const { app, namespace, kept } = standing
  const { number, identity, source } = left
  const id = digestOf({ namespace, app, number, identity }).slice(0, 12)
  if (number === 0 || kept.journal.pin?.id === id) return []
  const images = imagesToPin(left, release)
  return [{ type: 'pin', app, pin: { id, release: number, identity, images, ...(source === undefined ? {} : { source }), reason, actor } }]
}

function pointerSteps(
  { standing, from, to, target, moved, guarding }: Return,
  proof: { readonly health: AwaitStep; readonly checks: CheckStep | undefined },
): readonly Step[] {
  const { app, serviceName: service, autoscaler } = standing
  const { replicas: atLeast } = target
  const base = appLabels(baseSelector(selectorIn(standing.service)), app, to)
  const handOver: readonly Step[] = autoscaler === undefined ? [] : [{ type: 'hand-over', app, autoscaler: autoscaler.metadata.name, from, to }]
  return [
    ...(moved ? [] : [...letIn(guarding, to), moveStep({ app, service, from, to, atLeast, base }, proof)]),
    { type: 'prove', app, service, backend: to, atLeast },
    ...(moved ? keepApart(guarding, from) : leaveOut(guarding, from)),
    ...handOver,
  ]
}

function serving({ app, kept }: Standing): string {
  return `release ${kept.journal.active?.release.number ?? 0} of ${app} serves`
}

function goalText(course: Course | undefined): string {
  if (course?.destination.type !== 'record') return ''
  return `, back to release ${course.destination.entry.release.number} from its record`
}

function titleOf(standing: Standing): string {
  const { active, previous, rollout } = standing.kept.journal
  const now = active === undefined ? 'no release yet' : `${describeBackend(active.backend)} is active (release ${active.release.number})`
  const before = previous === undefined ? '' : `, ${describeBackend(previous.backend)} was before (release ${previous.release.number})`
  const onWay = rollout === undefined ? '' : `, release ${rollout.release.number} is ${rollout.state === 'parked' ? 'parked' : 'on its way'} in ${rollout.slot}`
  const returned = isReturned(standing) && previous !== undefined ? `, and a rollback has moved users back to ${describeBackend(previous.backend)}` : ''
  return `${standing.namespace}/${standing.app} - ${now}${before}${onWay}${returned}`
}
