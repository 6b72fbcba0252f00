import type { ObjectReference } from '@fairlead/kube'

/** An object whose health is wanted, and what the caller knows about it. */
export interface Target {
  readonly reference: ObjectReference
  /** The `metadata.generation` that our own write returned: no status before it counts. */
  readonly generation?: number
  /** The `metadata.uid` that our own write returned: a namesake with another one is a different object. */
  readonly uid?: string
  /** It may not exist yet: wait for it. Without this a target that is not there ends the wait at once. */
  readonly mayAppear?: boolean
  /** Scale to zero was asked for. Without it a workload with no replicas is Degraded. */
  readonly allowZero?: boolean
  /**
   * How many available replicas are enough, decided when the wait began. Absent, `spec.replicas` as it is at each moment; with an autoscaler give it,
   * so that growth during the wait is not held against the workload.
   */
  readonly floor?: number
}
