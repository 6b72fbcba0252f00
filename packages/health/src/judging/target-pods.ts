import type { KubeObject } from '@fairlead/kube'
import { conditionOf, oneLine } from '../reading/condition.ts'
import { countAt, numberAt, textAt } from '../reading/fields.ts'
import { groupKindOf } from '../reading/group-kind.ts'
import { currentReplicaSet, olderReplicas } from '../kinds/deployment.ts'
import { isActive, isReady } from '../kinds/pod.ts'
import { replicaSetFailure } from '../kinds/replica-set.ts'
import type { Refusal } from '../causes/refusal.ts'
import type { Surroundings } from '../seeing/surroundings.ts'

/** The Pods of a target that count, and who creates them. */
export interface TargetPods {
  /** Absent while it is not there yet, and for kinds that create no Pods. */
  readonly creator?: KubeObject
  /** Of the newest revision; those on their way out are left out. */
  readonly pods: readonly KubeObject[]
  /** Of an earlier revision of a StatefulSet, not ready, and in the way of its update. */
  readonly blocking: readonly KubeObject[]
}

/** An Event outlives what it tells: the next Pod may already be on its way. */
const EVENT_GRACE = 5_000

const NO_PODS: TargetPods = { pods: [], blocking: [] }
const REVISION_HASH = 'controller-revision-hash'

/** Finds the Pods by which a target is judged. Ownership is by uid, never by label. */
export function targetPodsOf(object: KubeObject, around: Surroundings): TargetPods {
  switch (groupKindOf(object)) {
    case 'apps/Deployment':
      return ownPods(currentReplicaSet(object, { around }), around)
    case 'apps/ReplicaSet':
    case '/ReplicationController':
    case 'batch/Job':
      return ownPods(object, around)
    case 'apps/StatefulSet':
      return statefulPods(object, around)
    case 'apps/DaemonSet':
      return daemonPods(object, around)
    case '/Pod':
      return { pods: [object], blocking: [] }
    default:
      return NO_PODS
  }
}

/** Reads with which words the API server refused Pods, when it did; undefined when Pods are created. */
export function refusalOf(object: KubeObject, targetPods: TargetPods, around: Surroundings): Refusal | undefined {
  const { creator } = targetPods
  if (creator === undefined) return undefined
  const events = around.eventsOf(creator.metadata.uid).filter(({ reason }) => reason === 'FailedCreate')
  if (creator.kind === 'ReplicaSet' || creator.kind === 'ReplicationController') {
    const message = isObserved(creator) ? replicaSetFailure(creator) : undefined
    return message === undefined ? undefined : { creator, message: oneLine(message), events, patience: 0, makesRoom: makesRoom(object, around) }
  }
  // Other controllers have no such condition: their Events count while Pods are missing.
  const newest = events.toSorted((a, b) => b.last - a.last)[0]
  if (newest === undefined || targetPods.pods.length >= wantedOf(creator)) return undefined
  return {
    creator,
    message: newest.message.replace(/^create Pod \S+ in StatefulSet \S+ failed error: /, ''),
    events,
    patience: EVENT_GRACE,
    makesRoom: runsInWaves(creator, targetPods),
  }
}

/** While one of a Job's Pods works, room for the next comes by itself. */
function runsInWaves({ kind }: KubeObject, { pods }: TargetPods): boolean {
  return kind === 'Job' && pods.some(isActive)
}

function ownPods(creator: KubeObject | undefined, around: Surroundings): TargetPods {
  if (creator === undefined) return NO_PODS
  const owned = around.ownedBy(creator.metadata.uid, 'Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  return { creator, pods: owned, blocking: [] }
}

function statefulPods(object: KubeObject, around: Surroundings): TargetPods {
  const { pods } = ownPods(object, around)
  const revision = textAt(object, 'status', 'updateRevision')
  const isNew = ({ metadata }: KubeObject) => revision === undefined || metadata.labels?.[REVISION_HASH] === revision
  const ordered = textAt(object, 'spec', 'podManagementPolicy') !== 'Parallel' && textAt(object, 'spec', 'updateStrategy', 'type') !== 'OnDelete'
  return { creator: object, pods: pods.filter(isNew), blocking: ordered ? pods.filter((pod) => !isNew(pod) && isActive(pod) && !isReady(pod)) : [] }
}

function daemonPods(object: KubeObject, around: Surroundings): TargetPods {
  const generation = object.metadata.annotations?.['deprecated.daemonset.template.generation']
  const { pods } = ownPods(object, around)
  return {
    creator: object,
    pods: pods.filter(({ metadata }) => generation === undefined || (metadata.labels?.['pod-template-generation'] ?? generation) === generation),
    blocking: [],
  }
}

function isObserved(object: KubeObject): boolean {
  return countAt(object, 'status', 'observedGeneration') >= (object.metadata.generation ?? 0) && conditionOf(object, 'ReplicaFailure') !== undefined
}

function wantedOf(creator: KubeObject): number {
  if (creator.kind === 'DaemonSet') return countAt(creator, 'status', 'desiredNumberScheduled')
  return numberAt(creator, 'spec', creator.kind === 'Job' ? 'parallelism' : 'replicas') ?? 1
}

/** Tells whether a rolling update still has Pods of an earlier revision it may take away, which frees their share of a quota. */
function makesRoom(object: KubeObject, around: Surroundings): boolean {
  if (object.kind !== 'Deployment') return false
  // A Pod on its way out is in no count of its ReplicaSet any more, and in the quota's still.
  if (hasTerminatingPods(object, around)) return true
  if (olderReplicas(object, { around }) === 0) return false
  if (textAt(object, 'spec', 'strategy', 'type') === 'Recreate') return true
  return maxUnavailable(object) > 0
}

function hasTerminatingPods(deployment: KubeObject, around: Surroundings): boolean {
  const sets = around.ownedBy(deployment.metadata.uid, 'ReplicaSet')
  return sets.some(({ metadata }) => around.ownedBy(metadata.uid, 'Pod').some((pod) => pod.metadata.deletionTimestamp !== undefined))
}

/** Percentages are of the wanted replicas, rounded down; with a surge of zero at least one may be missing. */
function maxUnavailable(object: KubeObject): number {
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1
  const resolve = (field: string, round: (share: number) => number) => {
    const text = textAt(object, 'spec', 'strategy', 'rollingUpdate', field)
    return numberAt(object, 'spec', 'strategy', 'rollingUpdate', field) ?? round((wanted * Number.parseInt(text ?? '25', 10)) / 100)
  }
  const unavailable = resolve('maxUnavailable', Math.floor)
  return unavailable === 0 && resolve('maxSurge', Math.ceil) === 0 ? 1 : unavailable
}
