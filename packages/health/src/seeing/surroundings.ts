import type { KubeObject } from '@fairlead/kube'
import { type ClusterEvent, clusterEventOf } from '../reading/event.ts'

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

/** Some of the surroundings, by what they belong to. Worth keeping as long as the objects are the same. */
export interface SurroundingIndex {
  readonly objects: ReadonlyMap<string, readonly KubeObject[]>
  readonly events: ReadonlyMap<string, readonly ClusterEvent[]>
}

const SLICE_SERVICE = 'kubernetes.io/service-name'

/** Indexes objects and puts them together. Reads nothing: a kind of which nothing was read must not be named in `known`. */
export function surroundingsOf(objects: Iterable<KubeObject>, known: readonly SurroundingKind[]): Surroundings {
  return joinSurroundings([indexSurroundings(objects)], known)
}

/** Surroundings of which nothing was read. */
export const NOTHING_KNOWN: Surroundings = surroundingsOf([], [])

/** Indexes some objects. */
export function indexSurroundings(all: Iterable<KubeObject>): SurroundingIndex {
  const objects = new Map<string, KubeObject[]>()
  const events = new Map<string, ClusterEvent[]>()
  for (const object of all) {
    const event = clusterEventOf(object)
    if (event !== undefined) push(events, event.uid, event)
    else push(objects, placeOf(object), object)
  }
  return { objects, events }
}

/** Puts indexes together. An object that two of them show is there once. */
export function joinSurroundings(indexes: readonly SurroundingIndex[], known: readonly SurroundingKind[]): Surroundings {
  const objectsAt = (place: string) => join(indexes.flatMap(({ objects }) => [objects.get(place) ?? []]))
  return {
    knows: (kind) => known.includes(kind),
    ownedBy: (uid, kind) => objectsAt(`${uid}/${kind}`),
    eventsOf: (uid) => indexes.flatMap(({ events }) => events.get(uid ?? '') ?? []),
    slicesOf: (namespace, service) => objectsAt(`${namespace}/${service}/EndpointSlice`),
  }
}

function placeOf(object: KubeObject): string {
  const { kind, metadata } = object
  if (kind === 'EndpointSlice') return `${metadata.namespace}/${metadata.labels?.[SLICE_SERVICE]}/${kind}`
  return `${metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid}/${kind}`
}

function join(lists: readonly (readonly KubeObject[])[]): readonly KubeObject[] {
  const filled = lists.filter(({ length }) => length > 0)
  if (filled.length <= 1) return filled[0] ?? []
  return [...new Map(filled.flat().map((object) => [object.metadata.name, object])).values()]
}

function push<T>(index: Map<string, T[]>, key: string, value: T): void {
  const values = index.get(key)
  if (values === undefined) index.set(key, [value])
  else values.push(value)
}
