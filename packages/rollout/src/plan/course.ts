import { appLabels, judgeProof, readPointer, sameBackend, slotBackend, type Backend, type SlotName } from '@fairlead/traffic'
import { valueAt } from '@fairlead/kube'
import type { ConfigName, Journal, ReleaseNote, Rollout } from '../journal/index.ts'
import { knownReleases } from '../records/index.ts'
import { companionsIdentity, configReferences, runsImages, type AppRelease, type Release } from '../release/index.ts'
import { activeOf, candidateSlot, isToBeAdopted, pointedAt, type Active, type Standing } from '../standing/index.ts'
import { candidateReplicas } from './candidate-replicas.ts'

/** What is to be done about one app of a release. */
export type Course =
  /** It serves already, healthy. */
  | { readonly type: 'unchanged'; readonly standing: Standing }
  /** It serves already, but is not whole: it is waited for, and nothing is moved. */
  | { readonly type: 'heal'; readonly standing: Standing; readonly backend: Backend; readonly replicas: number }
  | ReleaseCourse

/** An app on its way into a slot. */
export interface ReleaseCourse {
  readonly type: 'release'
  readonly standing: Standing
  readonly app: AppRelease
  readonly note: ReleaseNote
  readonly slot: SlotName
  /** What serves until the pointer moves. */
  readonly from: Backend | undefined
  /** A Deployment of the user's own is to be held, and its Service narrowed. */
  readonly adopts: boolean
  /** The pointer leads to the slot already: an earlier run has moved it. */
  readonly moved: boolean
  /** The slot holds this release already. */
  readonly prepared: boolean
  readonly replicas: number
}

/** What an adopted backend is called before its ReplicaSet is known. */
const ADOPTED: Backend = { type: 'adopted', hash: '' }

/** Decides what is to be done about one app. Any rollout of another release has been cleared away before. */
export function courseOf(standing: Standing, app: AppRelease, release: Release): Course {
  const { rollout } = standing.kept.journal
  const active = activeOf(standing)
  // An annotation says what was rendered; somebody may have set another image since.
  const serves = active !== undefined && active.workload.identity === app.identity && runsImages(active.workload.object, app.images)
  if (serves && rollout === undefined) return servingCourse(standing, active, app)
  const slot = candidateSlot(standing)
  const replicas = candidateReplicas(standing, app, release)
  const moved = rollout !== undefined && sameBackend(pointedAt(standing), slotBackend(slot))
  return {
    type: 'release',
    standing,
    app,
    note: { ...noteOf(standing, app, release), replicas },
    slot,
    from: fromOf(standing, moved ? rollout : undefined),
    adopts: isToBeAdopted(standing),
    moved,
    prepared: rollout !== undefined && holds(standing, slot, app),
    replicas,
  }
}

function servingCourse(standing: Standing, { backend, workload }: Active, app: AppRelease): Course {
  if (isWhole(standing, backend)) return { type: 'unchanged', standing }
  const released = app.replicas ?? standing.kept.journal.active?.release.replicas ?? 1
  return { type: 'heal', standing, backend, replicas: workload.wanted > 0 ? workload.wanted : Math.max(released, 1) }
}

/** A number stays with a release until it has arrived, however many runs that takes. */
function noteOf({ kept: { journal } }: Standing, app: AppRelease, release: Companions): ReleaseNote {
  const { identity, images } = app
  const companions = companionsOf(release)
  return {
    number: journal.rollout?.release.number ?? journal.last + 1,
    identity,
    images,
    config: configRead(journal, app),
    ...(companions === undefined ? {} : { companions }),
  }
}

/** The copies its Pods read: those it brings, and those that an earlier release has brought and its template still names, as one by image does. */
function configRead(journal: Journal, { template, config }: AppRelease): readonly ConfigName[] {
  const brought = config.map(({ kind, metadata }) => `${kind}/${metadata.name}`)
  const known = knownReleases(journal).flatMap((note) => (note.config ?? []).map(({ kind, name }) => `${kind}/${name}`))
  const copies = new Set([...brought, ...known])
  return configReferences(template).filter(({ kind, name }) => copies.has(`${kind}/${name}`))
}

/** The digest of what accompanies a release; undefined for a release by image, which brings nothing and leaves everything. */
export function companionsOf(release: Companions): string | undefined {
  return release.apps.some(({ manifest }) => manifest !== undefined) ? companionsIdentity(release) : undefined
}

type Companions = Pick<Release, 'apps' | 'companions'>

function fromOf(standing: Standing, moved: Rollout | undefined): Backend | undefined {
  if (moved !== undefined) return moved.from
  return activeOf(standing)?.backend ?? (isToBeAdopted(standing) ? ADOPTED : undefined)
}

function holds({ slots }: Standing, slot: SlotName, { identity }: AppRelease): boolean {
  const workload = slots[slot]
  return workload !== undefined && workload.identity === identity && workload.wanted > 0
}

/** Tells whether a backend has every Pod it wants, and the Service leads to all of them and to nobody else. */
function isWhole({ app, service, slices, pods, slots, plain }: Standing, backend: Backend): boolean {
  const workload = backend.type === 'slot' ? slots[backend.slot] : plain
  if (service === undefined || workload === undefined || workload.wanted < 1 || workload.available < workload.wanted) return false
  const { base, move = '', name } = readPointer(service)
  const families = (valueAt(service, ['spec', 'ipFamilies']) ?? []) as readonly string[]
  return judgeProof({ slices, pods }, { service: name, families, move, base: appLabels(base, app, backend), backend, atLeast: workload.wanted }).proven
}
