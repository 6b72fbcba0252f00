import type { KubeObject } from '@fairlead/kube'
import type { EventNote } from '../diagnosis.ts'
import { numberAt, textAt, timeAt } from './fields.ts'

/** An Event of the cluster, of either API group. */
export interface ClusterEvent extends EventNote {
  /** The object it is about. */
  readonly uid: string
  /** The container it is about, where it names one. */
  readonly container?: string
  /** The cluster's own times, for differences between them. */
  readonly first: number
  readonly last: number
}

/** Events do not change once they are read, but are indexed anew with every new one beside them. */
const READ = new WeakMap<KubeObject, ClusterEvent | undefined>()

/** Reads an Event; undefined for any other object and for one that names no uid. */
export function clusterEventOf(object: KubeObject): ClusterEvent | undefined {
  if (object.kind !== 'Event') return undefined
  if (!READ.has(object)) READ.set(object, readEvent(object))
  return READ.get(object)
}

/** Keeps what a reader wants of some Events: the last three, newest last; those that differ only in the Pod that was to be made are one. */
export function eventNotes(events: readonly ClusterEvent[]): readonly EventNote[] {
  const groups = Map.groupBy(
    events.toSorted((a, b) => a.last - b.last),
    ({ reason, message }) => `${reason}: ${message.replace(/pods "[^"]*"/, 'pods')}`,
  )
  return [...groups.values()].slice(-3).flatMap((group) => {
    const newest = group.at(-1)
    return newest === undefined ? [] : [{ reason: newest.reason, message: newest.message, count: group.reduce((sum, { count }) => sum + count, 0) }]
  })
}

/** The milliseconds between the first and the last of some Events, by the cluster's own clock: so long it has lasted at least. */
export function eventSpan(events: readonly ClusterEvent[]): number {
  if (events.length === 0) return 0
  return Math.max(...events.map(({ last }) => last)) - Math.min(...events.map(({ first }) => first))
}

function readEvent(object: KubeObject): ClusterEvent | undefined {
  const subject = 'involvedObject' in object ? object.involvedObject : 'regarding' in object ? object.regarding : undefined
  const uid = textAt(subject, 'uid')
  if (uid === undefined) return undefined
  const container = /\{(.+)\}$/.exec(textAt(subject, 'fieldPath') ?? '')?.[1]
  return { uid, ...notesOf(object), ...timesOf(object), ...(container === undefined ? {} : { container }) }
}

function notesOf(object: KubeObject): EventNote {
  return {
    reason: textAt(object, 'reason') ?? '',
    message: (textAt(object, 'message') ?? textAt(object, 'note') ?? '').trim(),
    count: numberAt(object, 'series', 'count') ?? numberAt(object, 'count') ?? numberAt(object, 'deprecatedCount') ?? 1,
  }
}

function timesOf(object: KubeObject): { readonly first: number; readonly last: number } {
  const created = timeAt(object, 'metadata', 'creationTimestamp') ?? 0
  const first = timeAt(object, 'firstTimestamp') ?? timeAt(object, 'deprecatedFirstTimestamp') ?? timeAt(object, 'eventTime') ?? created
  const last = timeAt(object, 'series', 'lastObservedTime') ?? timeAt(object, 'lastTimestamp') ?? timeAt(object, 'deprecatedLastTimestamp') ?? first
  return { first, last: Math.max(first, last) }
}
