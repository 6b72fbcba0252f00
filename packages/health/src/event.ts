import type { KubeObject } from '@fairlead/kube'
import type { EventNote } from './diagnosis.ts'
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

/** Reads an Event; undefined for any other object and for one that names no uid. */
export function clusterEventOf(object: KubeObject): ClusterEvent | undefined {
  const subject = 'involvedObject' in object ? object.involvedObject : 'regarding' in object ? object.regarding : undefined
  const uid = textAt(subject, 'uid')
  if (object.kind !== 'Event' || uid === undefined) return undefined
  const container = /\{(.+)\}$/.exec(textAt(subject, 'fieldPath') ?? '')?.[1]
  return { uid, ...notesOf(object), ...timesOf(object), ...(container === undefined ? {} : { container }) }
}

/** Keeps what a reader wants of some Events: the last three, newest last. */
export function eventNotes(events: readonly ClusterEvent[]): readonly EventNote[] {
  return events
    .toSorted((a, b) => a.last - b.last)
    .slice(-3)
    .map(({ reason, message, count }) => ({ reason, message, count }))
}

/** The milliseconds between the first and the last of some Events, by the cluster's own clock: so long it has lasted at least. */
export function eventSpan(events: readonly ClusterEvent[]): number {
  if (events.length === 0) return 0
  return Math.max(...events.map(({ last }) => last)) - Math.min(...events.map(({ first }) => first))
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
