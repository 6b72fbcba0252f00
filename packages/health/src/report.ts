import type { ObjectReference } from '@fairlead/kube'
import type { Branch, Diagnosis, LogPlace } from './diagnosis.ts'
import type { Health, HealthStatus } from './health.ts'

/** What ended a wait: all were healthy and stable; one was certain never to be; one is not there, or no longer; time was up; only one look was asked for. */
export type Ending = 'healthy' | 'doomed' | 'missing' | 'deadline' | 'judged-once'

/** The last lines of a container, read once at the end. */
export interface ContainerLog extends LogPlace {
  readonly text: string
}

/** How a target was when the wait ended. */
export interface TargetHealth {
  readonly reference: ObjectReference
  readonly health: Health
  /** Absent when the target is Healthy. */
  readonly diagnosis?: Diagnosis
  /** Milliseconds for which we have seen it in that status, from our first look at the earliest: no age, and next to nothing when only one look was taken. */
  readonly since: number
  /**
   * Since when it has had that status, by the cluster's own clock (ISO), when it already had it at our first look: the newest transition of the conditions that
   * decide it and of its Pods' readiness; for what is Healthy without any, its creation. Absent when the status came while we judgedTarget, and where the
   * cluster keeps no such time.
   */
  readonly sinceTime?: string
  /** Present for the first few diagnoses that a log explains. */
  readonly log?: ContainerLog
  /** What belongs to it; empty for kinds that own nothing. */
  readonly tree: readonly Branch[]
}

/** The outcome of a wait: data, whether good or bad. */
export interface HealthReport {
  readonly ended: Ending
  /** The worst of all targets. Anything but `Healthy` is a failed gate. `firstCause` picks the target whose sentence explains it, which may have another status. */
  readonly status: HealthStatus
  /** In the order in which they were asked for. */
  readonly targets: readonly TargetHealth[]
  readonly seconds: number
  /** What the reader should know about how this was found out: Events that may not be read, a time without contact. */
  readonly notes: readonly string[]
}
