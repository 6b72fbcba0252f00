import { SUITE } from '@fairlead/base'
import type { Cluster, KubeObject, ObjectReference, ReadOptions, Resource } from '@fairlead/kube'

/** A Lease as it was last read; undefined while there is none. */
export interface KeptLease {
  readonly lease: KubeObject | undefined
}

/** Which app's lock is meant. */
export interface LockPlace {
  readonly namespace: string
  readonly app: string
}

const LEASES: Resource = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases', namespaced: true }

/** Names the Lease that is an app's lock. */
export function leaseReference(namespace: string, app: string): ObjectReference {
  return { resource: LEASES, namespace, name: `${SUITE.fieldManager}.${app}` }
}

/** Reads an app's lock: one request. What it holds is judged by whoever wants it. */
export async function readLease(cluster: Cluster, { namespace, app }: LockPlace, options: ReadOptions = {}): Promise<KeptLease> {
  return { lease: await cluster.get(leaseReference(namespace, app), options) }
}
