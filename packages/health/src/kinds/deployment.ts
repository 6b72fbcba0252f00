import type { KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, counted, healthy, progressing, settling, staleReason, suspended } from '../judging/assessment.ts'
import { at, countAt, numberAt, textAt } from '../reading/fields.ts'
import { capacityOf } from './replica-set.ts'
import { withoutReplicas } from './scale.ts'

const REVISION = 'deployment.kubernetes.io/revision'

/**
 * Judges a Deployment: its newest template everywhere and enough of it available.
 *
 * Reads neither its `Available` condition (true with replicas missing) nor `ProgressDeadlineExceeded` (which may be older than our write, and which a scale-up
 * never raises): the only deadline is ours.
 */
export function assessDeployment(object: KubeObject, context: AssessContext): Assessment {
  const stale = staleReason(object, context)
  if (stale !== undefined) return progressing(stale)
  if (at(object, 'spec', 'paused') === true) return suspended('is paused: changes of its template are not rolled out')
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  if (wanted === 0) return withoutReplicas(countAt(object, 'status', 'replicas'), context)
  const floor = Math.min(context.floor ?? wanted, wanted)
  return context.around.knows('ReplicaSet') ? assessRevision(object, context, floor) : assessCounts(object, floor)
}

/** Finds the ReplicaSet that counts: owned by this very object, and of the revision the Deployment says is its newest. */
export function currentReplicaSet(object: KubeObject, { around }: Pick<AssessContext, 'around'>): KubeObject | undefined {
  const revision = object.metadata.annotations?.[REVISION]
  if (revision === undefined) return undefined
  return around.ownedBy(object.metadata.uid, 'ReplicaSet').find(({ metadata }) => metadata.annotations?.[REVISION] === revision)
}

/** Counts the Pods of all earlier revisions. */
export function olderReplicas(object: KubeObject, { around }: Pick<AssessContext, 'around'>): number {
  const current = currentReplicaSet(object, { around })
  const older = around.ownedBy(object.metadata.uid, 'ReplicaSet').filter((set) => set !== current)
  return older.reduce((sum, set) => sum + countAt(set, 'status', 'replicas'), 0)
}

function assessRevision(object: KubeObject, context: AssessContext, floor: number): Assessment {
  const current = currentReplicaSet(object, context)
  const revision = object.metadata.annotations?.[REVISION]
  if (current === undefined) return progressing(`the ReplicaSet of revision ${revision ?? 'its newest template'} has not been seen yet`)
  const stale = staleReason(current, { around: context.around })
  if (stale !== undefined) return progressing(`ReplicaSet ${current.metadata.name}: ${stale}`)
  const available = capacityOf(current, context)
  if (available < floor) return progressing(`${available} of ${counted(floor, 'replica')} available`)
  const older = olderReplicas(object, context)
  if (older > 0) return progressing(`${counted(older, 'Pod')} of an earlier revision still to go`)
  return done(object, available)
}

/** Without its ReplicaSets only the Deployment's own sums remain; `replicas` above `updatedReplicas` are Pods of earlier revisions. */
function assessCounts(object: KubeObject, floor: number): Assessment {
  const updated = countAt(object, 'status', 'updatedReplicas')
  if (updated < floor) return progressing(`${updated} of ${counted(floor, 'replica')} updated`)
  const older = countAt(object, 'status', 'replicas') - updated
  if (older > 0) return progressing(`${counted(older, 'Pod')} of an earlier revision still to go`)
  const available = countAt(object, 'status', 'availableReplicas')
  return available < floor ? progressing(`${available} of ${counted(floor, 'replica')} available`) : done(object, available)
}

function done(object: KubeObject, available: number): Assessment {
  const message = `${counted(available, 'replica')} available${revisionText(object)}`
  return countAt(object, 'spec', 'minReadySeconds') > 0 ? healthy(message) : settling(message)
}

function revisionText(object: KubeObject): string {
  const revision = textAt(object, 'metadata', 'annotations', REVISION)
  return revision === undefined ? '' : `, revision ${revision}`
}
