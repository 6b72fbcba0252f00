import type { KubeObject } from '@fairlead/kube'
import type { Backend, SlotName } from '@fairlead/traffic'
import type { KeptJournal } from '../journal/index.ts'

/** A Deployment as a decision needs it. */
export interface Workload {
  readonly object: KubeObject
  readonly name: string
  readonly uid: string
  /** `spec.replicas`. */
  readonly wanted: number
  /** Pods that are available, as far as the status is about the spec there is; 0 otherwise. */
  readonly available: number
  /** The release that was rendered into it; undefined for one that is not ours. */
  readonly identity: string | undefined
  /** Whether `spec.paused` is set. */
  readonly paused: boolean
}

/** An app as it stood when it was looked at. Frozen: every decision is made on one of these. */
export interface Standing {
  readonly app: string
  readonly namespace: string
  readonly serviceName: string
  readonly service: KubeObject | undefined
  /** The other Services of the namespace. */
  readonly neighbours: readonly KubeObject[]
  /** The EndpointSlices of the Service. */
  readonly slices: readonly KubeObject[]
  /** The Pods of the app: what its Service's own labels select. */
  readonly pods: readonly KubeObject[]
  readonly slots: Readonly<Record<SlotName, Workload | undefined>>
  /** The Deployment of the app's own name, which a user has and we adopt. */
  readonly plain: Workload | undefined
  /** What scales the app, and whether it is ours to point elsewhere. */
  readonly autoscaler: KubeObject | undefined
  readonly kept: KeptJournal
  /** When it was looked at, in Unix milliseconds of the run's own clock: only for how long a standby is kept. */
  readonly seenAt: number
}

/** What serves, by the pointer: it is the truth about that, not the journal. */
export interface Active {
  readonly backend: Backend
  readonly workload: Workload
}
