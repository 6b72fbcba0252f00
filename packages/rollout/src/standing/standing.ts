import type { KubeObject, StringMap } from '@fairlead/kube'
import type { Backend, SlotName } from '@fairlead/traffic'
import type { KeptJournal } from '../journal/index.ts'
import type { KeptLease } from '../lock/index.ts'

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

/** An app, and the Service that leads to it. */
export interface AppPlace {
  readonly app: string
  readonly service: string
  /** The labels its next Pods will carry, where that is known already. */
  readonly labels?: StringMap
}

/** What was read of a kind that not everybody serves, and not every account may read. Empty as well where nothing gave reason to look. */
export interface Sighting {
  readonly items: readonly KubeObject[]
  /** Why it is not known whether there are any. */
  readonly unseen?: string
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
  /** The other Deployments of the namespace. */
  readonly others: readonly KubeObject[]
  /** The PodDisruptionBudgets of the namespace, copies of ours among them. */
  readonly budgets: readonly KubeObject[]
  /** The NetworkPolicies of the namespace: looked for when Pods get other labels than those that serve. */
  readonly policies: Sighting
  /** Argo Rollouts and Flagger Canaries of the namespace: looked for before the first release. */
  readonly drivers: Sighting
  readonly kept: KeptJournal
  /** The lock, as it was before anybody waited for it. */
  readonly lease: KeptLease
  /** When it was looked at, in Unix milliseconds of the run's own clock: only for how long a standby is kept. */
  readonly seenAt: number
}

/** What serves, by the pointer: it is the truth about that, not the journal. */
export interface Active {
  readonly backend: Backend
  readonly workload: Workload
}
