import { describeObject, selects, valueAt, type KubeObject, type StringMap } from '@fairlead/kube'
import { baseSelector, LABELS, sameBackend, SLOTS, type SlotName } from '@fairlead/traffic'
import { openPointer } from '../preflight/open-pointer.ts'
import { slotName } from '../release/index.ts'
import { usersLabels } from '../release/marks.ts'
import { describeBackend, pointedAt, selectorIn, type Standing } from '../standing/index.ts'
import { isReturned } from './arriving.ts'

/** Everything that keeps an app from leaving, in sentences. Pure; empty where nothing does. */
export function ejectRefusals(standing: Standing): readonly string[] {
  const { app, kept, service, serviceName } = standing
  const { active, rollout } = kept.journal
  if (rollout !== undefined) {
    return [
      `${app}: release ${rollout.release.number} is ${rollout.state === 'parked' ? 'parked' : 'on its way'} in ${rollout.slot}, expected nothing in between; roll it back first, or let it arrive`,
    ]
  }
  if (active === undefined) return [`${app}: there is nothing to eject, it has never been released`]
  if (isReturned(standing)) return [`${app}: a rollback was left halfway, expected nothing in between; run it again first`]
  if (service === undefined) return [`${app}: Service ${serviceName} does not exist, expected the one that leads users to ${app}`]
  const moved = movedAway(standing)
  return moved === undefined ? [...strangers(standing), ...slotProblems(standing), ...plainProblems(standing), ...others(standing)] : [moved]
}

/** The pointer is the truth about where users are; where the journal tells another story, somebody else was at work. */
function movedAway(standing: Standing): string | undefined {
  const { app, serviceName, kept } = standing
  const { active, returning, adoption } = kept.journal
  const backend = pointedAt(standing)
  if (active === undefined || sameBackend(backend, active.backend)) return undefined
  if (backend === undefined) return opened(standing)
  // Moved by an earlier run of ours that did not come to write it down.
  if (backend.type === 'adopted' && returning === true && backend.hash === adoption?.hash) return undefined
  return `${app}: Service ${serviceName} leads to ${describeBackend(backend)}, expected ${describeBackend(active.backend)} as release ${active.release.number} left it: somebody has moved it`
}

function opened(standing: Standing): string | undefined {
  const { slots, kept } = standing
  // Opened by an earlier run of ours: there is nobody but the plain Deployment to lead to.
  if (kept.journal.active?.backend.type === 'adopted' && SLOTS.every((slot) => (slots[slot]?.wanted ?? 0) === 0)) return undefined
  const pointer = openPointer(standing)
  return pointer === undefined ? undefined : `${pointer.said}; lead it to release ${pointer.active.release.number} again with: ${pointer.command}`
}

/** A Deployment that has a slot's name and none of our labels belongs to somebody else. */
function strangers({ app, slots }: Standing): readonly string[] {
  return SLOTS.flatMap((slot) => {
    const object = slots[slot]?.object
    if (object === undefined || object.metadata.labels?.[LABELS.app] === app) return []
    return [`${describeObject(object)}: has the name of a slot of ${app}, expected one of ours or none, got a Deployment without ${LABELS.app}: ${app}`]
  })
}

function slotProblems(standing: Standing): readonly string[] {
  const backend = pointedAt(standing)
  return backend?.type === 'slot' ? servingProblems(standing, backend.slot) : []
}

/** What is made of a slot must be what the journal says is in it, and somebody must answer. */
function servingProblems({ app, namespace, slots, kept }: Standing, slot: SlotName): readonly string[] {
  const workload = slots[slot]
  const { active } = kept.journal
  const name = `Deployment "${namespace}/${slotName(app, slot)}"`
  if (workload === undefined) return [`${name}: users are led to it, expected it to be there, got nothing`]
  if (active !== undefined && workload.identity !== active.release.identity)
    return [`${name}: does not hold release ${active.release.number} any more, as the journal says; release again first`]
  return workload.wanted < 1 || workload.available < 1
    ? [`${name}: nobody answers, expected at least one Pod that is available, got ${workload.available} of ${workload.wanted}`]
    : []
}

/** A Deployment of the app's name that we neither hold nor have made is somebody's own. */
function plainProblems(standing: Standing): readonly string[] {
  const { plain, app, namespace, kept } = standing
  const backend = pointedAt(standing)
  const name = `Deployment "${namespace}/${app}"`
  if (plain === undefined) return backend?.type === 'slot' ? [] : [`${name}: users are led to it, expected it to be there, got nothing`]
  const isOurs = plain.uid === kept.journal.adoption?.uid || plain.object.metadata.labels?.[LABELS.app] === app
  if (!isOurs)
    return [`${name}: is none that we hold, expected the one from before or none, got one that somebody has made since; delete it if nobody needs it`]
  return backend?.type === 'slot' ? labelProblems(standing, backend.slot) : []
}

/** What a Deployment knows its Pods by cannot change. */
function labelProblems({ plain, slots, app, namespace }: Standing, slot: SlotName): readonly string[] {
  const selector = (valueAt(plain?.object, ['spec', 'selector']) ?? {}) as Parameters<typeof selects>[0]
  const labels = usersLabels((valueAt(slots[slot]?.object, ['spec', 'template', 'metadata', 'labels']) ?? {}) as StringMap)
  return selects(selector, labels)
    ? []
    : [`Deployment "${namespace}/${app}": its selector does not meet the Pods of ${slotName(app, slot)}, and cannot change; delete it, and a new one is made`]
}

/** Pods that the Service's own selector would reach, and that are none of this app's. */
function others(standing: Standing): readonly string[] {
  const { app, pods, service, namespace, serviceName } = standing
  const own = baseSelector(selectorIn(service))
  const names = pods
    .filter((pod) => selects({ matchLabels: own }, pod.metadata.labels) && pod.metadata.labels?.[LABELS.app] !== app && !isOfPlain(pod, app) && !hasEnded(pod))
    .map(({ metadata }) => metadata.name)
  if (names.length === 0) return []
  return [
    `Service "${namespace}/${serviceName}": its own selector would also lead to ${names.join(', ')}, expected Pods of ${app} only; give it labels that only this app has`,
  ]
}

function isOfPlain({ metadata: { labels = {}, ownerReferences = [] } }: KubeObject, app: string): boolean {
  return ownerReferences.some(({ name }) => name === `${app}-${labels[LABELS.hash] ?? ''}`)
}

function hasEnded(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(String(valueAt(pod, ['status', 'phase'])))
}
