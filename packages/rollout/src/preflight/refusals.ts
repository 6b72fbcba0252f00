import type { Problem } from '@fairlead/base'
import { describeObject, selects, type StringMap } from '@fairlead/kube'
import { baseSelector, LABELS, serviceNotes, serviceRefusals, SLOTS } from '@fairlead/traffic'
import { irreversibleAfterMove } from '../plan/irreversible.ts'
import type { RolloutOptions } from '../plan/options.ts'
import { slotNotes, slotRefusals, type AppRelease } from '../release/index.ts'
import { pointedAt, selectorIn, type Standing } from '../standing/index.ts'
import { checkPortProblems } from './check-ports.ts'
import { neighbourNotes, neighbourProblems } from './neighbours.ts'
import { budgetNotes } from './budgets.ts'
import { driverNotes, driverProblems } from './drivers.ts'
import { helmNotes } from './helm.ts'
import { policyNotes } from './network-policies.ts'
import { ownerProblems } from './owners.ts'
import { pointerProblems } from './pointer.ts'
import { portProblems } from './ports.ts'

/** What preflight knows beside how an app stands. */
export interface Question {
  readonly release: AppRelease
  readonly options: Pick<RolloutOptions, 'takeOver' | 'onParked' | 'checks'>
  /** Access modes of the claims in the namespace, by name. */
  readonly claims: ReadonlyMap<string, readonly string[]>
}

/** Everything that keeps an app from being released, all at once and before anything is written. Pure. */
export function releaseRefusals(standing: Standing, question: Question): readonly Problem[] {
  const { release, options, claims } = question
  const { template, deployment, manifest, replicas } = release
  const slot = { app: release.app, claims, ...(manifest === undefined ? {} : { manifest }) }
  return [
    ...serviceProblems(standing, question),
    ...labelProblems(standing, release),
    ...portProblems(standing, release),
    ...slotRefusals(template, deployment, slot),
    ...(replicas === 0 ? [noReplicas(release)] : []),
    ...pointerProblems(standing),
    ...neighbourProblems(standing, release),
    ...checkPortProblems(options.checks, standing, release),
    ...strangers(standing),
    ...ownerProblems([standing.service, standing.plain?.object, standing.autoscaler]),
    ...driverProblems(standing),
    ...parkedProblems(standing, release, options.onParked),
    ...crossedProblems(standing, release),
  ]
}

/** What the user should know beforehand, though it keeps nothing from going on. */
export function releaseNotes(standing: Standing, release: AppRelease): readonly string[] {
  const { service } = standing
  return [
    ...release.notes,
    ...slotNotes(release.template),
    ...neighbourNotes(standing, release),
    ...helmNotes(standing),
    ...driverNotes(standing),
    ...policyNotes(standing, release),
    ...budgetNotes(standing, release),
    ...idleNotes(standing),
    ...(service === undefined ? [] : serviceNotes(service)),
  ]
}

/** Pods of the user's own Deployment that nobody is led to, as an apply of old manifests leaves them. */
function idleNotes(standing: Standing): readonly string[] {
  const { plain, namespace } = standing
  if (plain === undefined || plain.wanted === 0 || pointedAt(standing)?.type !== 'slot') return []
  return [
    `${describeObject(plain.object)} asks for ${plain.wanted} Pods that no user meets: kubectl -n ${namespace} scale deployment ${plain.name} --replicas=0`,
  ]
}

function serviceProblems(standing: Standing, { release, options }: Question): readonly Problem[] {
  const { service, slices, namespace, serviceName } = standing
  if (service !== undefined) {
    const firstRelease = release.service !== undefined && pointedAt(standing) === undefined && standing.plain === undefined
    return serviceRefusals(service, slices, { takeOver: options.takeOver, firstRelease })
  }
  if (release.service !== undefined) return []
  return [
    {
      message: `Service "${namespace}/${serviceName}": leads users to ${release.app}, expected it to be there or in the manifests, got neither`,
      hint: 'Add it to the manifests, or name the right one in `service`.',
    },
  ]
}

/** Pods that the Service would not select could be moved to for ever: nobody would arrive. */
function labelProblems(standing: Standing, release: AppRelease): readonly Problem[] {
  const live = baseSelector(selectorIn(standing.service))
  const isLive = Object.keys(live).length > 0
  const wanted = isLive ? live : (release.service?.selector ?? {})
  return [...podLabelProblems(standing, release, wanted), ...(isLive ? selectorProblems(standing, release, live) : [])]
}

function podLabelProblems(standing: Standing, { app, template, manifest }: AppRelease, wanted: StringMap): readonly Problem[] {
  const labels = template.metadata?.labels ?? {}
  if (selects({ matchLabels: wanted }, labels)) return []
  const message = `Deployment "${standing.namespace}/${app}": its Pods would not be selected by Service ${standing.serviceName}, expected the labels ${textOf(wanted)}, got ${textOf(labels)}`
  return [{ message, hint: 'Give the Pod template the labels the Service selects.', ...placed(manifest, ['spec', 'template', 'metadata', 'labels']) }]
}

function selectorProblems({ namespace, serviceName }: Standing, { service }: AppRelease, live: StringMap): readonly Problem[] {
  if (service === undefined || textOf(service.selector) === textOf(live)) return []
  const message = `Service "${namespace}/${serviceName}": selects ${textOf(live)}, expected the same in the manifest, got ${textOf(service.selector)}`
  return [{ message, hint: 'A selector cannot change under a release that is serving: make a new Service.', ...placed(service.manifest, ['spec', 'selector']) }]
}

/** A Deployment that has a slot's name and none of our labels belongs to somebody else. */
function strangers({ slots, app }: Standing): readonly Problem[] {
  return SLOTS.flatMap((slot) => {
    const object = slots[slot]?.object
    if (object === undefined || object.metadata.labels?.[LABELS.app] === app) return []
    return [
      {
        message: `${describeObject(object)}: has the name of a slot of ${app}, expected one of ours or none, got a Deployment without ${LABELS.app}: ${app}`,
        hint: 'Rename it: its Pods must not be taken for a release.',
      },
    ]
  })
}

function parkedProblems(standing: Standing, { identity }: AppRelease, onParked: 'abort' | 'refuse'): readonly Problem[] {
  const { rollout } = standing.kept.journal
  if (rollout === undefined || rollout.release.identity === identity || onParked === 'abort' || isAtWork(standing)) return []
  return [
    {
      message: `app "${standing.namespace}/${standing.app}": release ${rollout.release.number} is ${rollout.state === 'parked' ? `parked at ${rollout.step}` : 'on its way'}, expected nothing in between, as on-parked: refuse asks`,
      hint: 'Continue that release, or end it by a rollback.',
    },
  ]
}

/** A run that lives is waited for: how it ends decides, under the lock. */
function isAtWork({ kept, lease }: Standing): boolean {
  const holder = (lease.lease?.spec as { readonly holderIdentity?: string } | undefined)?.holderIdentity ?? ''
  return kept.journal.rollout?.state === 'running' && holder !== ''
}

/** Another release would first take back the one that is on its way, which its user has ruled out. */
function crossedProblems(standing: Standing, { identity }: AppRelease): readonly Problem[] {
  const { rollout } = standing.kept.journal
  const reason = rollout?.release.identity === identity || isAtWork(standing) ? undefined : irreversibleAfterMove(standing)
  return reason === undefined
    ? []
    : [{ message: `${reason}; it has users, and another release would take it back first`, hint: 'Finish that release first: deploy it again.' }]
}

function noReplicas({ app, manifest }: AppRelease): Problem {
  return {
    message: `Deployment "${app}": asks for no Pods, expected at least 1 replica, got 0`,
    hint: 'Nobody would answer. Remove the app from `app` to scale it to zero.',
    ...placed(manifest, ['spec', 'replicas']),
  }
}

function placed(manifest: AppRelease['manifest'], path: readonly string[]): Pick<Problem, 'position'> {
  const position = manifest?.positionOf(path)
  return position === undefined ? {} : { position }
}

function textOf(labels: StringMap): string {
  const pairs = Object.entries(labels)
    .filter(([key]) => key !== LABELS.slot && key !== LABELS.app)
    .map(([key, value]) => `${key}=${value}`)
  return pairs.toSorted().join(',') || 'none'
}
