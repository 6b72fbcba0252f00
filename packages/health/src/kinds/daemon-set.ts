import type { KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, counted, doomed, healthy, progressing, settling, staleReason, suspended } from '../judging/assessment.ts'
import { countAt, textAt } from '../reading/fields.ts'
import { isReady } from './pod.ts'

/** Judges a DaemonSet against the number of nodes it should run on now, which moves with the nodes. */
export function assessDaemonSet(object: KubeObject, context: AssessContext): Assessment {
  const stale = staleReason(object, context)
  if (stale !== undefined) return progressing(stale)
  const desired = countAt(object, 'status', 'desiredNumberScheduled')
  if (desired === 0) return context.allowZero === true ? healthy('no node matches, as allowed') : doomed('no-replicas', 'has no Pods because no node matches')
  const updated = countAt(object, 'status', 'updatedNumberScheduled')
  if (updated < desired && textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete') {
    return suspended(`${updated} of ${counted(desired, 'Pod')} updated: with updateStrategy OnDelete the others stay until they are deleted`)
  }
  if (updated < desired) return progressing(`${updated} of ${counted(desired, 'Pod')} updated`)
  const floor = Math.min(context.floor ?? desired, desired)
  const available = availableOf(object, context)
  if (available < floor) return progressing(`${available} of ${counted(floor, 'Pod')} available`)
  const message = `${available} of ${counted(desired, 'Pod')} available`
  return countAt(object, 'spec', 'minReadySeconds') > 0 ? healthy(message) : settling(message)
}

/** What the controller last counted, but never more than the ready Pods that are there: it may be down while they go. */
function availableOf(object: KubeObject, { around }: AssessContext): number {
  const available = countAt(object, 'status', 'numberAvailable')
  return around.knows('Pod') ? Math.min(available, around.ownedBy(object.metadata.uid, 'Pod').filter(isReady).length) : available
}
