import { appLabels, baseSelector, sameBackend, slotBackend, type Backend } from '@fairlead/traffic'
import type { Rollout } from '../journal/index.ts'
import { slotDeployment, slotName, type Release } from '../release/index.ts'
import { describeBackend, isToBeAdopted, pointedAt, selectorIn, workloadOf, type Standing } from '../standing/index.ts'
import { contentOfRelease } from '../records/index.ts'
import { applyStep, isWorkload, serviceStep } from './accompany.ts'
import { adjustingSteps } from './adjusting.ts'
import { arrivalOf, isServedFirst } from './arriving.ts'
import { guardedFor, keepApart, leaveOut, letIn, settleBudgets, type Guarding } from './budgets.ts'
import { courseOf, type Course, type ReleaseCourse } from './course.ts'
import { leftoverSteps, strayedSteps } from './leftovers.ts'
import type { RolloutOptions } from './options.ts'
import type { Plan } from './plan.ts'
import { restorable } from './restorable.ts'
import { restOf } from './soaking.ts'
import { moveStep, type AwaitStep, type AwaitTarget, type CheckStep, type Step } from './step.ts'
import { clearedAway, isAnothers } from './clearing.ts'
import { wayBackSteps } from './way-back.ts'

/**
 * Decides how a release goes out, from how its apps stand. Pure: equal inputs give equal plans, and planning again after any part of a plan was carried out leads to
 * the same end. All candidates are verified before the first pointer moves.
 */
export function planRelease(release: Release, standings: readonly Standing[], options: RolloutOptions): Plan {
  const others = standings.filter((standing) => isAnothers(standing, release) && !isServedFirst(standing))
  const arrivals = standings.map((standing) => (isUnrecorded(standing, release) ? arrivalOf(standing) : undefined))
  const cleared = standings.map((standing, index) => arrivals[index]?.standing ?? (others.includes(standing) ? clearedAway(standing) : standing))
  const courses = cleared.map((standing, index) => courseOf(standing, appAt(release, index), release))
  const title = courses.map((course, index) => titleOf(course, beforehand(standings[index], cleared[index])))
  const unchanged = courses.filter((course) => course.type === 'unchanged')
  const going = courses.filter((course) => course.type === 'release').map((course) => noted(course, options))
  const healing = courses.filter((course) => course.type === 'heal')
  const steps = [
    ...wayBackSteps(others, options),
    ...arrivals.flatMap((arrival) => arrival?.steps ?? []),
    ...going.flatMap(({ standing }) => strayedSteps(standing, options)),
    ...forward(release, { going, healing, options }),
    ...unchanged.flatMap((course) => leftoverSteps(course.standing, options)),
    ...(going.length === 0
      ? adjustingSteps(
          release,
          unchanged.map(({ standing }) => standing),
          options,
        )
      : []),
  ]
  const nothing = `${courses.map(nameOf).join(', ')}: this release serves already`
  return { title, notes: release.notes, steps, ...(steps.length === 0 ? { nothing } : {}) }
}

/** The same release again goes on with what it began; anything else begins from what serves. */
function isUnrecorded(standing: Standing, release: Release): boolean {
  return standing.kept.journal.rollout === undefined || isAnothers(standing, release)
}

/** What its user and its run know of a release, beside what it is. */
function noted(course: ReleaseCourse, { irreversible, origin }: RolloutOptions): ReleaseCourse {
  // What was said when it began counts for a run that only goes on with it.
  const begun = course.standing.kept.journal.rollout?.release
  const source = begun?.source ?? origin?.source
  const why = begun?.irreversible ?? irreversible
  const note = { ...course.note, ...(source === undefined ? {} : { source }), ...(why === undefined ? {} : { irreversible: why }) }
  return { ...course, note }
}

interface Forward {
  readonly going: readonly ReleaseCourse[]
  readonly healing: readonly Extract<Course, { type: 'heal' }>[]
  readonly options: RolloutOptions
}

function forward(release: Release, { going, healing, options }: Forward): readonly Step[] {
  const { timeout, stability, checks, stopAfter } = options
  const targets = [...going.map(targetOf), ...healing.map(({ standing, backend, replicas }) => ({ app: standing.app, backend, replicas }))]
  const beside = going.some(({ prepared, moved }) => !prepared && !moved) ? release.companions.filter(isWorkload) : []
  const health: AwaitStep = { type: 'await', targets, beside, timeout, stability }
  const onPods = checks.filter(({ on }) => on === 'pods')
  const asked: CheckStep | undefined = onPods.length === 0 ? undefined : { type: 'check', health, checks: onPods }
  if (targets.length === 0) return []
  const verification: readonly Step[] = [
    ...healing.flatMap(raiseSteps),
    ...going.flatMap((course) => openingSteps(course, options)),
    ...applySteps(release, going, options),
    ...going.flatMap((course) => apartSteps(course, release)),
    ...going.flatMap((course) => prepareSteps(course, options)),
    health,
    ...(asked === undefined ? [] : [asked]),
  ]
  if (going.length === 0) return [...verification, ...healing.map(proveHealed)]
  const apps = going.map(nameOf)
  // With one pointer moved already, the rest goes on: two apps of two releases is no place to stop at.
  const isMoved = going.some(({ moved }) => moved)
  if (stopAfter === 'verified' && !isMoved) return [...verification, { type: 'park', apps, at: 'verified' }]
  const moves = going.flatMap((course) => [
    ...moveSteps(course, { health, checks: asked }, guardedOf(course, release)),
    ...serviceStep(release, course.standing, options.forceConflicts),
  ])
  const watching = watchSteps(going, options)
  if (stopAfter !== 'complete') return [...verification, ...moves, ...watching, { type: 'park', apps, at: 'switched' }]
  return [
    ...verification,
    ...moves,
    ...watching,
    ...going.map((course) => recordStep(course, release, options)),
    ...going.flatMap((course) => retireSteps(course, options, guardedOf(course, release))),
  ]
}

/** Somebody has scaled what serves to nobody: waiting alone would wait for ever. */
function raiseSteps({ standing, backend, replicas }: Forward['healing'][number]): readonly Step[] {
  const before = workloadOf(standing, backend)?.wanted ?? 0
  return before >= replicas ? [] : [{ type: 'scale', app: standing.app, backend, replicas, before }]
}

/** A whole backend that nobody is led to is not healed. */
function proveHealed({ standing: { app, serviceName: service }, backend, replicas }: Forward['healing'][number]): Step {
  return { type: 'prove', app, service, backend, atLeast: replicas }
}

/** What makes the rollout findable, and holds what serves. */
function openingSteps(course: ReleaseCourse, { timeout, orders }: RolloutOptions): readonly Step[] {
  const { standing, note, slot, from, adopts } = course
  const { rollout } = standing.kept.journal
  const { app, service, serviceName, plain } = standing
  const selector = service === undefined ? undefined : selectorIn(service)
  const adopted = adopts && plain !== undefined ? { deployment: plain.name, uid: plain.uid, replicas: plain.wanted } : undefined
  const held = standing.slots[slot]
  const before = held === undefined ? undefined : restorable(held.object)
  const begin: readonly Step[] =
    rollout === undefined ? [{ type: 'begin', app, release: note, slot, from, selector, adopts: adopted, before, ...orderFor(app, orders) }] : []
  if (adopted === undefined) return begin
  return [...begin, { type: 'hold', app, deployment: adopted.deployment, timeout }, { type: 'narrow', app, service: serviceName }]
}

/** What becomes of pin and mark is kept with the rollout: another run may have to accept it. */
function orderFor(app: string, orders: RolloutOptions['orders']): { readonly order?: Rollout['order'] } {
  const { lifts, mark } = orders?.get(app) ?? {}
  if (lifts === undefined && mark === undefined) return {}
  return { order: { ...(lifts === undefined ? {} : { lifts }), ...(mark === undefined ? {} : { mark }) } }
}

function applySteps(release: Release, going: readonly ReleaseCourse[], { forceConflicts: force }: RolloutOptions): readonly Step[] {
  if (going.every(({ prepared, moved }) => prepared || moved)) return []
  return applyStep(
    release,
    going.map(({ standing }) => standing),
    { services: 'missing', force },
  )
}

/** The budgets that are shared out between what serves and the candidate; none where nobody serves. */
function guardedOf({ standing, app, from }: ReleaseCourse, release: Release): Guarding {
  return from === undefined ? { standing, budgets: [] } : guardedFor(standing, app, release)
}

function apartSteps(course: ReleaseCourse, release: Release): readonly Step[] {
  const { standing, slot, from, moved } = course
  if (moved) return []
  return from === undefined ? settleBudgets(standing) : keepApart(guardedOf(course, release), slotBackend(slot))
}

function prepareSteps(course: ReleaseCourse, { forceConflicts: force }: RolloutOptions): readonly Step[] {
  const { standing, app, slot, replicas, prepared, moved } = course
  if (prepared || moved) return []
  const workload = standing.slots[slot]
  const empty: readonly Step[] = workload === undefined || workload.wanted === 0 ? [] : [{ type: 'empty', app: app.app, slot }]
  const deployment = slotDeployment(app, { slot, namespace: standing.namespace })
  return [...empty, { type: 'prepare', app: app.app, slot, deployment, replicas, isNew: workload === undefined, force }]
}

interface MoveProof {
  readonly health: AwaitStep
  readonly checks: CheckStep | undefined
}

function moveSteps(course: ReleaseCourse, proof: MoveProof, guarding: Guarding): readonly Step[] {
  const { standing, slot, from, replicas, moved } = course
  const { app, serviceName: service } = standing
  const to = slotBackend(slot)
  const prove: Step = { type: 'prove', app, service, backend: to, atLeast: replicas }
  const pointer = { app, service, from, to, atLeast: replicas, base: appLabels(baseOf(course), app, to) }
  const guard = from === undefined ? [] : moved ? keepApart(guarding, from) : leaveOut(guarding, from)
  return [...(moved ? [] : [...letIn(guarding, to), moveStep(pointer, proof)]), prove, ...guard, ...handOverSteps(course, to)]
}

function handOverSteps({ standing, from }: ReleaseCourse, to: Backend): readonly Step[] {
  const { app, autoscaler } = standing
  return autoscaler === undefined ? [] : [{ type: 'hand-over', app, autoscaler: autoscaler.metadata.name, from, to }]
}

function watchSteps(going: readonly ReleaseCourse[], { settle, soak, checks, url }: RolloutOptions): readonly Step[] {
  const targets = going.map((course) => ({ ...targetOf(course), service: course.standing.serviceName }))
  return [
    ...(settle === 0 ? [] : [{ type: 'settle' as const, duration: settle }]),
    {
      type: 'soak',
      duration: going.every(({ moved }) => moved)
        ? restOf(
            going.map(({ standing }) => standing),
            soak,
          )
        : soak,
      targets,
      checks: checks.filter(({ on }) => on !== 'pods'),
      url,
    },
  ]
}

function recordStep(course: ReleaseCourse, release: Release, { standby, origin, orders }: RolloutOptions): Step {
  const { standing, app, note, slot, from } = course
  const { lifts, mark } = orders?.get(app.app) ?? {}
  return {
    type: 'record',
    app: standing.app,
    release: note,
    backend: slotBackend(slot),
    from,
    isWayBack: false,
    standby,
    content: contentOfRelease(app, release, note.config ?? []),
    ...(origin === undefined ? {} : { origin }),
    ...(lifts === undefined ? {} : { lifts }),
    ...(mark === undefined ? {} : { mark }),
  }
}

function retireSteps({ standing, from }: ReleaseCourse, { drain, standby, adoptCleanup }: RolloutOptions, guarding: Guarding): readonly Step[] {
  if (from === undefined) return []
  const retire: Step = { type: 'retire', app: standing.app, backend: from, drain, standby, cleanup: adoptCleanup && from.type === 'adopted' }
  return [retire, ...(standby.type === 'warm' ? [] : letIn(guarding, from))]
}

function targetOf({ app, slot, replicas, from, standing, moved }: ReleaseCourse): AwaitTarget {
  const keepsUp = from !== undefined && !moved && (standing.autoscaler !== undefined || app.replicas === undefined) ? { keepsUpWith: from } : {}
  const pinned = app.images.every((image) => image.includes('@'))
  return { app: app.app, backend: slotBackend(slot), replicas, pinned, ...keepsUp, ...(app.manifest === undefined ? {} : { manifest: app.manifest }) }
}

/** The labels all Pods of the app share: what its Service selects, or will. */
function baseOf({ standing, app }: ReleaseCourse): Readonly<Record<string, string>> {
  const live = baseSelector(selectorIn(standing.service))
  return Object.keys(live).length > 0 ? live : (app.service?.selector ?? {})
}

/** What is brought to an end before the release begins; empty where nothing is. */
function beforehand(standing: Standing | undefined, cleared: Standing | undefined): string {
  if (standing === undefined || standing === cleared) return ''
  const { rollout, previous } = standing.kept.journal
  if (rollout === undefined) return `release ${previous?.release.number ?? 0} was rolled back to, which is written down first; then `
  const { release, slot, state } = rollout
  const what = `release ${release.number} is ${state === 'parked' ? 'parked' : 'on its way'} in ${slot}`
  return `${what}, and is ${isServedFirst(standing) ? 'written down first, since it has users' : 'taken back first'}; then `
}

function titleOf(course: Course, first: string): string {
  const { namespace, app } = course.standing
  const now = `${namespace}/${app} - ${first}${servingNow(course.standing)}`
  if (course.type === 'unchanged') return `${now}, and is this release`
  if (course.type === 'heal') return `${now}, and is this release, but not whole`
  return `${now}, ${slotName(app, course.slot)} ${slotNow(course)}`
}

function servingNow(standing: Standing): string {
  const { active, rollout } = standing.kept.journal
  const backend = pointedAt(standing) ?? (isToBeAdopted(standing) ? ({ type: 'adopted', hash: '' } as const) : undefined)
  if (backend === undefined) return 'nothing serves yet'
  const onWay = rollout === undefined ? undefined : { backend: slotBackend(rollout.slot), release: rollout.release }
  const known = [active, onWay].find((placed) => sameBackend(placed?.backend, backend))
  return `${describeBackend(backend)} is active${known === undefined ? '' : ` (release ${known.release.number})`}`
}

function slotNow({ standing, slot, moved, prepared }: ReleaseCourse): string {
  if (moved) return 'serves already'
  if (prepared) return 'holds this release'
  const workload = workloadOf(standing, slotBackend(slot))
  return workload === undefined || workload.wanted === 0 ? 'is idle' : 'is standby'
}

function nameOf({ standing }: Course): string {
  return standing.app
}

function appAt(release: Release, index: number): Release['apps'][number] {
  const app = release.apps[index]
  if (app === undefined) throw new TypeError('every standing has its app')
  return app
}
