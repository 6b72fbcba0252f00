import type { KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, counted, degraded, healthy, progressing, settling, staleReason } from '../judging/assessment.ts'
import { conditionOf, oneLine } from '../reading/condition.ts'
import { countAt, numberAt } from '../reading/fields.ts'
import { isReady } from './pod.ts'
import { withoutReplicas } from './scale.ts'

/** Judges a ReplicaSet, or a ReplicationController, by its available replicas. One that is refused Pods is Degraded: quota and admission show nowhere else. */
export function assessReplicaSet(object: KubeObject, context: AssessContext): Assessment {
  const stale = staleReason(object, context)
  if (stale !== undefined) return progressing(stale)
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  if (wanted === 0) return withoutReplicas(countAt(object, 'status', 'replicas'), context)
  const failure = replicaSetFailure(object)
  if (failure !== undefined) return degraded(failure)
  const floor = Math.min(context.floor ?? wanted, wanted)
  const available = capacityOf(object, context)
  if (available < floor) return progressing(`${available} of ${counted(floor, 'replica')} available`)
  const message = `${counted(available, 'replica')} available`
  return countAt(object, 'spec', 'minReadySeconds') > 0 ? healthy(message) : settling(message)
}

/**
 * Counts the available replicas of an owner of Pods, at most as many as it has ready Pods that are not being deleted: a count can be older than the Pods
 * it was made from.
 */
export function capacityOf(object: KubeObject, { around }: Pick<AssessContext, 'around'>): number {
  const available = countAt(object, 'status', 'availableReplicas')
  if (!around.knows('Pod')) return available
  return Math.min(available, around.ownedBy(object.metadata.uid, 'Pod').filter(isReady).length)
}

/** Says why no more Pods are created, from the condition that the controller takes back as soon as one is. */
export function replicaSetFailure(object: KubeObject): string | undefined {
  const failure = conditionOf(object, 'ReplicaFailure')
  return failure?.status === 'True' && failure.reason !== 'FailedDelete' ? oneLine(failure.message ?? failure.reason ?? 'Pods cannot be created') : undefined
}
