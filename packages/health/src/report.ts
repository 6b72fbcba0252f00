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
  /** Milliseconds for which it had had that status. */
  readonly since: number
  /** Present for the first few diagnoses that a log explains. */
  readonly log?: ContainerLog
  /** What belongs to it; empty for kinds that own nothing. */
  readonly tree: readonly Branch[]
}

/** The outcome of a wait: data, whether good or bad. */
export interface HealthReport {
  readonly ended: Ending
  /** The worst of all targets. Anything but `Healthy` is a failed gate. */
  readonly status: HealthStatus
  /** In the order in which they were asked for. */
  readonly targets: readonly TargetHealth[]
  readonly seconds: number
  /** What the reader should know about how this was found out: Events that may not be read, a time without contact. */
  readonly notes: readonly string[]
}
