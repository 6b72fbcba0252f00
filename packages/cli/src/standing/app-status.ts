import { milliseconds, type Problem } from '@fairlead/base'
import {
  olderGood,
  activeOf,
  describeBackend,
  destinationOf,
  openPointer,
  planRollback,
  pointedAt,
  releaseIn,
  workloadName,
  workloadOf,
  type Doing,
  type Placed,
  type ReleaseNote,
  type Standing,
  type Workload,
} from '@fairlead/rollout'
import type { Backend } from '@fairlead/traffic'
import { imagesOf } from './images.ts'
import { holderOf, type Holder } from './holder.ts'
import type { SeenApp } from './seen-app.ts'

/** What runs in one place. */
export interface Occupant {
  /** `blue`, `green`, or `adopted` for the Deployment from before. */
  readonly slot: string
  readonly deployment: string
  /** Undefined where the journal does not know. */
  readonly release: number | undefined
  readonly images: readonly string[]
  readonly ready: number
  readonly wanted: number
  readonly source: ReleaseNote['source']
}

/** What was active before, and can be again. */
export interface Standby extends Occupant {
  readonly state: 'warm' | 'cold' | 'gone'
  /** Until when it is kept warm; undefined: until the next release. */
  readonly until: string | undefined
  /** It was rolled back from. */
  readonly bad: boolean
}

/** A release on its way. */
export interface OnWay {
  readonly release: number
  readonly slot: string
  readonly state: 'running' | 'parked'
  readonly step: string
  readonly by: string | undefined
  readonly since: string | undefined
  readonly images: readonly string[]
}

/** How an app stands, for a person and for programs. */
export interface AppStatus {
  readonly app: string
  readonly serving: Occupant | undefined
  readonly standby: Standby | undefined
  readonly onWay: OnWay | undefined
  readonly doing: Doing | undefined
  readonly lock: Holder | undefined
  readonly pin: Standing['kept']['journal']['pin']
  /** The Deployment that is paused by us so that nobody replaces its Pods. */
  readonly held: string | undefined
  readonly problems: readonly Problem[]
  /** Commands that can be run now, with what they do. */
  readonly next: readonly { readonly command: string; readonly does: string }[]
}

/** Tells how an app stands. Pure. */
export function statusOf(seen: SeenApp): AppStatus {
  const { standing } = seen
  const { journal } = standing.kept
  return {
    app: standing.app,
    serving: servingOf(standing),
    standby: standbyOf(standing),
    onWay: onWayOf(standing),
    doing: journal.doing,
    lock: holderOf(standing.lease),
    pin: journal.pin,
    held: heldBy(standing),
    problems: problemsOf(seen),
    next: nextOf(seen),
  }
}

function servingOf(standing: Standing): Occupant | undefined {
  const active = activeOf(standing)
  if (active === undefined) return undefined
  return occupant(standing, { ...active, release: releaseIn(standing.kept.journal, active.backend) })
}

interface Placement {
  readonly backend: Backend
  readonly workload: Workload | undefined
  readonly release: ReleaseNote | undefined
}

function occupant({ app }: Standing, { backend, workload, release }: Placement): Occupant {
  const { available: ready = 0, wanted = 0 } = workload ?? {}
  const { number, source, images = [] } = release ?? {}
  const template = imagesOf(workload?.object)
  return {
    slot: slotOf(backend),
    deployment: workloadName(app, backend),
    release: number,
    images: release?.running ?? (template.length > 0 ? template : images),
    ready,
    wanted,
    source,
  }
}

function standbyOf(standing: Standing): Standby | undefined {
  const { active, previous, standbyUntil: until } = standing.kept.journal
  const placed = [active, previous].find((each) => each !== undefined && isStandby(each, standing))
  if (placed === undefined) return undefined
  const workload = workloadOf(standing, placed.backend)
  const state = workload === undefined ? 'gone' : workload.wanted > 0 ? 'warm' : 'cold'
  const bad = placed === previous && previous.bad === true
  return { ...occupant(standing, { ...placed, workload }), state, until, bad }
}

/** Beside what serves, and not in the slot that a release on its way has taken. */
function isStandby({ backend }: Placed, { app, kept, ...standing }: Standing): boolean {
  const { rollout } = kept.journal
  const pointer = pointedAt({ app, kept, ...standing })
  const name = workloadName(app, backend)
  return (pointer === undefined || name !== workloadName(app, pointer)) && (rollout === undefined || name !== `${app}-${rollout.slot}`)
}

function onWayOf({ kept }: Standing): OnWay | undefined {
  const { rollout, doing } = kept.journal
  if (rollout === undefined) return undefined
  const { release, slot, state, step, by } = rollout
  return { release: release.number, slot, state, step: doing?.step ?? step, by: doing?.by ?? by, since: doing?.at ?? release.at, images: release.images }
}

function heldBy({ plain, kept }: Standing): string | undefined {
  return plain?.paused === true && kept.journal.adoption?.uid === plain.uid ? plain.name : undefined
}

function problemsOf({ standing, unreadable }: SeenApp): readonly Problem[] {
  const journal =
    unreadable === undefined
      ? []
      : [{ message: `the journal cannot be read: ${unreadable.message}`, ...(unreadable.hint === undefined ? {} : { hint: unreadable.hint }) }]
  return [...journal, ...pointerProblems(standing), ...doubtful(standing)]
}

function pointerProblems(standing: Standing): readonly Problem[] {
  const { app, namespace, service, serviceName } = standing
  const opened = openPointer(standing)
  if (opened !== undefined) {
    const { active, said, command } = opened
    return [{ message: `${said}, expected it to lead to ${describeBackend(active.backend)}`, hint: `Once its Pods are ready: ${command}` }]
  }
  if (service === undefined)
    return isKnown(standing)
      ? [{ message: `Service "${namespace}/${serviceName}" does not exist`, hint: `Name the one that leads users to ${app} with --service.` }]
      : []
  const backend = pointedAt(standing)
  if (backend === undefined) return []
  const active = activeOf(standing)
  if (active === undefined)
    return [{ message: `Service "${namespace}/${serviceName}" leads to Deployment ${workloadName(app, backend)}, which does not exist: nobody answers` }]
  if (active.workload.available > 0) return []
  return [{ message: `Deployment "${namespace}/${active.workload.name}" serves, and none of its ${active.workload.wanted} Pods is available: nobody answers` }]
}

/** A run that was stopped before it heard whether its write took. */
function doubtful({ kept }: Standing): readonly Problem[] {
  const { doing } = kept.journal
  if (doing?.state !== 'unknown') return []
  return [
    { message: `${doing.by} was stopped at "${doing.step}" and does not know whether it took`, hint: 'Run it again or roll back: both begin by looking.' },
  ]
}

/** Whether anything of an app is there at all. */
function isKnown({ kept, slots, plain }: Standing): boolean {
  return kept.resourceVersion !== undefined || slots.blue !== undefined || slots.green !== undefined || plain !== undefined
}

function nextOf({ standing, unreadable }: SeenApp): AppStatus['next'] {
  const { app, namespace, serviceName, kept } = standing
  if (unreadable !== undefined || kept.resourceVersion === undefined) return []
  const place = `${app} -n ${namespace}`
  const flags = `${place}${serviceName === app ? '' : ` --service ${serviceName}`}`
  return [...wayBack(standing, flags), ...wayOn(standing, flags), { command: `fairlead history ${place}`, does: 'lists the releases' }]
}

/** Offered only where the rollback itself would not refuse. */
function wayBack(standing: Standing, flags: string): AppStatus['next'] {
  const does = standing.kept.journal.rollout === undefined ? whereBack(standing) : whatEnds(standing)
  return does === undefined ? furtherBack(standing, flags) : [{ command: `fairlead rollback ${flags}`, does }]
}

/** Once it has gone back, a rollback goes further only where it is told how far. */
function furtherBack({ kept: { journal } }: Standing, flags: string): AppStatus['next'] {
  const [older] = journal.rollout === undefined && journal.previous?.bad === true ? olderGood(journal) : []
  if (older === undefined) return []
  const { number } = older.release
  return [{ command: `fairlead rollback ${flags} --to ${number}`, does: `goes back to release ${number}, from its record` }]
}

function whereBack(standing: Standing): string | undefined {
  const destination = destinationOf(standing, {})
  if (destination.type === 'standby') return `goes back to release ${destination.to.release.number}`
  return destination.type === 'record' ? `goes back to release ${destination.entry.release.number}, from its record` : undefined
}

function whatEnds(standing: Standing): string | undefined {
  const { rollout } = standing.kept.journal
  if (rollout?.restores === true) return `goes on with the way back to release ${rollout.release.number}`
  const plan = planRollback([standing], { rollbackTimeout: milliseconds(0), drain: milliseconds(0) })
  return plan.refused !== undefined || plan.steps.length === 0 ? undefined : `takes release ${rollout?.release.number ?? 0} back`
}

function wayOn({ kept }: Standing, flags: string): AppStatus['next'] {
  const { rollout } = kept.journal
  if (rollout === undefined || rollout.restores === true) return []
  const later = rollout.state === 'parked' ? ' and a later --stop-after' : ''
  return [{ command: `fairlead deploy ${flags} ...`, does: `goes on with release ${rollout.release.number}, given the same release${later}` }]
}

function slotOf(backend: Backend): string {
  return backend.type === 'slot' ? backend.slot : 'adopted'
}
