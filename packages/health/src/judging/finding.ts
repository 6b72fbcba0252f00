import type { KubeObject } from '@fairlead/kube'
import { type Container, containersOf, type Exit } from '../reading/container.ts'
import type { Cause, FieldPath, LogPlace } from '../diagnosis.ts'
import type { ClusterEvent } from '../reading/event.ts'

/** What one rule found wrong with one object at one moment. Whether that is certain yet is for `certainAtOf` in diagnose.ts to say. */
export interface Finding {
  readonly cause: Cause
  /** Follows the object's name: `container "web" exited with code 1 twice`. */
  readonly says: string
  /** For how many milliseconds it must have been seen before it is certain: 0 is at once, Infinity leaves it to the deadline. */
  readonly patience: number
  /** Milliseconds for which the cluster's own timestamps prove that it has lasted. */
  readonly proven?: number
  readonly container?: string
  readonly events: readonly ClusterEvent[]
  readonly log?: LogPlace
  /** Within the Pod's spec, elements of lists by name: `['containers', 'web', 'image']`. */
  readonly field?: FieldPath
  readonly hint: string
}

/** A Pod as the rules see it. */
export interface ObservedPod {
  readonly pod: KubeObject
  readonly containers: readonly Container[]
  readonly events: readonly ClusterEvent[]
  /** How the containers ended while we looked on, by name, oldest first. */
  readonly exits: ReadonlyMap<string, readonly Exit[]>
}

/** Looks for one cause in one Pod. */
export type Rule = (observed: ObservedPod) => Finding | undefined

/** Never certain before the deadline. */
export const UNTIL_DEADLINE = Number.POSITIVE_INFINITY

/** Puts together what the rules see of a Pod. */
export function observedPodOf(pod: KubeObject, events: readonly ClusterEvent[], exits: ObservedPod['exits'] = new Map()): ObservedPod {
  return { pod, containers: containersOf(pod), events, exits }
}

/** Looks at the containers in their order and answers the first finding. */
export function firstOf(observed: ObservedPod, examine: (container: Container) => Finding | undefined): Finding | undefined {
  for (const container of observed.containers) {
    const finding = examine(container)
    if (finding !== undefined) return finding
  }
  return undefined
}

/** Picks the Events about one container; those that name none are about all. */
export function eventsAbout({ events }: ObservedPod, container: string, pattern: RegExp): readonly ClusterEvent[] {
  return events.filter((event) => (event.container ?? container) === container && pattern.test(`${event.reason}: ${event.message}`))
}

/** The log that explains why a container ended: that of the life which ended. */
export function exitLog({ pod }: ObservedPod, { name, exit }: Container): LogPlace {
  return { pod: pod.metadata.name, container: name, previous: exit === undefined }
}
