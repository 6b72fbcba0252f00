import type { KubeObject } from '@fairlead/kube'
import { type ClusterEvent, clusterEventOf } from './event.ts'

/** Kinds around a target that may have been read. What was not read is unknown, which is not the same as empty. */
export type SurroundingKind = 'ReplicaSet' | 'Pod' | 'Event' | 'EndpointSlice'

/** What stands around the targets: owned objects by their owner, Events by their object, EndpointSlices by their Service. */
export interface Surroundings {
  /** Tells whether a kind was read at all. */
  knows(kind: SurroundingKind): boolean
  /** The objects of a kind whose controller has this uid; a label never makes an owner. */
  ownedBy(uid: string | undefined, kind: 'ReplicaSet' | 'Pod'): readonly KubeObject[]
  eventsOf(uid: string | undefined): readonly ClusterEvent[]
  slicesOf(namespace: string | undefined, service: string): readonly KubeObject[]
}

const SLICE_SERVICE = 'kubernetes.io/service-name'

/** Indexes followed objects. Reads nothing: a kind of which nothing was followed must not be named in `known`. */
export function surroundingsOf(objects: Iterable<KubeObject>, known: readonly SurroundingKind[]): Surroundings {
  const owned = new Map<string, KubeObject[]>()
  const events = new Map<string, ClusterEvent[]>()
  const slices = new Map<string, KubeObject[]>()
  for (const object of objects) {
    if (object.kind === 'Event') indexEvent(events, object)
    else if (object.kind === 'EndpointSlice') push(slices, `${object.metadata.namespace}/${object.metadata.labels?.[SLICE_SERVICE]}`, object)
    else push(owned, `${ownerOf(object)}/${object.kind}`, object)
  }
  return {
    knows: (kind) => known.includes(kind),
    ownedBy: (uid, kind) => owned.get(`${uid}/${kind}`) ?? [],
    eventsOf: (uid) => events.get(uid ?? '') ?? [],
    slicesOf: (namespace, service) => slices.get(`${namespace}/${service}`) ?? [],
  }
}

/** Surroundings of which nothing was read. */
export const NOTHING_KNOWN: Surroundings = surroundingsOf([], [])

function ownerOf(object: KubeObject): string | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid
}

function indexEvent(events: Map<string, ClusterEvent[]>, object: KubeObject): void {
  const event = clusterEventOf(object)
  if (event !== undefined) push(events, event.uid, event)
}

function push<T>(index: Map<string, T[]>, key: string, value: T): void {
  const values = index.get(key)
  if (values === undefined) index.set(key, [value])
  else values.push(value)
}
