import type { KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, counted, healthy, progressing, settling, staleReason, suspended } from '../judging/assessment.ts'
import { countAt, numberAt, textAt } from '../reading/fields.ts'
import { isReady } from './pod.ts'
import { withoutReplicas } from './scale.ts'

/** Judges a StatefulSet: as many Pods updated as its partition allows, and all available. `OnDelete` leaves updates to people: Suspended, never a success. */
export function assessStatefulSet(object: KubeObject, context: AssessContext): Assessment {
  const stale = staleReason(object, context)
  if (stale !== undefined) return progressing(stale)
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  if (wanted === 0) return withoutReplicas(countAt(object, 'status', 'replicas'), context)
  const outdated = assessUpdate(object, wanted)
  if (outdated !== undefined) return outdated
  const floor = Math.min(context.floor ?? wanted, wanted)
  const available = availableOf(object, context)
  if (available < floor) return progressing(`${available} of ${counted(floor, 'replica')} available`)
  const message = `${counted(available, 'replica')} available${partitionText(object)}`
  return countAt(object, 'spec', 'minReadySeconds') > 0 ? healthy(message) : settling(message)
}

/** Says how far its update has come; undefined when it is done. */
function assessUpdate(object: KubeObject, wanted: number): Assessment | undefined {
  const updated = isUpdated(object) ? wanted : countAt(object, 'status', 'updatedReplicas')
  const toUpdate = Math.max(0, wanted - partitionOf(object))
  if (updated >= toUpdate) return undefined
  const message = `${updated} of ${counted(toUpdate, 'replica')} updated`
  if (textAt(object, 'spec', 'updateStrategy', 'type') !== 'OnDelete') return progressing(message)
  return suspended(`${message}: with updateStrategy OnDelete the others stay until they are deleted`)
}

/** Tells whether all Pods run the newest template. */
function isUpdated(object: KubeObject): boolean {
  const wanted = textAt(object, 'status', 'updateRevision')
  return wanted !== undefined && wanted === textAt(object, 'status', 'currentRevision')
}

/** Clusters before 1.22 count no available replicas for StatefulSets. */
function availableOf(object: KubeObject, { around }: AssessContext): number {
  const available = numberAt(object, 'status', 'availableReplicas') ?? countAt(object, 'status', 'readyReplicas')
  return around.knows('Pod') ? Math.min(available, around.ownedBy(object.metadata.uid, 'Pod').filter(isReady).length) : available
}

function partitionOf(object: KubeObject): number {
  return countAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
}

function partitionText(object: KubeObject): string {
  const partition = partitionOf(object)
  return partition === 0 || isUpdated(object) ? '' : `; its partition keeps the first ${partition} at the earlier revision`
}
