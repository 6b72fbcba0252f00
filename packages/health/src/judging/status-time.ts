import type { Condition, KubeObject } from '@fairlead/kube'
import { conditionOf, conditionsIn, conditionsOf } from '../reading/condition.ts'
import { listAt, textAt } from '../reading/fields.ts'
import type { HealthStatus } from '../health.ts'
import { isReady } from '../kinds/pod.ts'
import { contextOf, staleReason } from './assessment.ts'
import type { TargetPods } from './target-pods.ts'

/** Conditions that bear on health by being true, and by not being true. */
const GOOD = new Set([
  'Ready',
  'Available',
  'Complete',
  'Healthy',
  'Succeeded',
  'Programmed',
  'Accepted',
  'ResolvedRefs',
  'Established',
  'NamesAccepted',
  'AbleToScale',
  'ScalingActive',
])
/** Conditions that bear on ill health by being true. */
const BAD = new Set(['Failed', 'Stalled', 'Degraded', 'ReplicaFailure', 'Reconciling', 'MemoryPressure', 'DiskPressure', 'PIDPressure', 'NetworkUnavailable'])

/**
 * Finds since when an object has had a status, by the clock of the cluster: the newest transition of the conditions that decide it, and of its Pods.
 * What is Healthy and has neither has been so since it was made, at the earliest. Undefined where the cluster keeps no such time, and
 * while the status is that of an earlier generation.
 */
export function statusTime(object: KubeObject, status: HealthStatus, targetPods: TargetPods): string | undefined {
  if (staleReason(object, contextOf({})) !== undefined) return undefined
  const conditions = [...conditionsOf(object), ...listAt(object, 'status', 'parents').flatMap((parent) => conditionsIn(listAt(parent, 'conditions')))]
  const own = timesOf(conditions.filter((condition) => decides(condition, status)))
  if (status !== 'Healthy') return own.at(-1) ?? (status === 'Suspended' || status === 'Missing' ? undefined : unreadySince(targetPods))
  const newest = sorted([...own, ...timesOf(targetPods.pods.flatMap((pod) => (isReady(pod) ? (conditionOf(pod, 'Ready') ?? []) : [])))]).at(-1)
  return newest ?? (conditions.length > 0 || targetPods.creator !== undefined ? undefined : textAt(object, 'metadata', 'creationTimestamp'))
}

/** Tells whether a condition speaks for a status. */
function decides({ type, status: value }: Condition, status: HealthStatus): boolean {
  if (status === 'Missing') return false
  if (status === 'Suspended') return type === 'Suspended' && value === 'True'
  if (status === 'Healthy') return GOOD.has(type) && value === 'True'
  return GOOD.has(type) ? value !== 'True' : BAD.has(type) && value === 'True'
}

/** From the first moment at which one of the Pods was not ready. */
function unreadySince({ pods }: TargetPods): string | undefined {
  return timesOf(pods.flatMap((pod) => (isReady(pod) ? [] : (conditionOf(pod, 'Ready') ?? []))))[0]
}

/** The transitions of some conditions, oldest first; what is no time is left out. */
function timesOf(conditions: readonly Condition[]): readonly string[] {
  return sorted(conditions.flatMap(({ lastTransitionTime }) => lastTransitionTime ?? []))
}

function sorted(times: readonly string[]): readonly string[] {
  return times.filter((time) => !Number.isNaN(Date.parse(time))).toSorted((a, b) => Date.parse(a) - Date.parse(b))
}
