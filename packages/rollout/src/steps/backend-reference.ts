import { Fault } from '@fairlead/base'
import type { ObjectReference } from '@fairlead/kube'
import type { Backend } from '@fairlead/traffic'
import type { Effects } from '../execute/effects.ts'
import { workloadName } from '../standing/index.ts'
import { deploymentReference, REPLICA_SETS } from './deployment.ts'

/** What is judged of a backend. A Deployment that is held says nothing of its Pods any more than that it is paused: its one ReplicaSet does. */
export function backendReference(app: string, backend: Backend, effects: Effects): ObjectReference {
  return backend.type === 'slot' ? deploymentReference(effects.namespace, workloadName(app, backend)) : adoptedReference(app, effects)
}

/** The ReplicaSet of an adopted Deployment. */
export function adoptedReference(app: string, { journals, namespace }: Pick<Effects, 'journals' | 'namespace'>): ObjectReference {
  const name = journals.of(app).adoption?.replicaSet
  if (name !== undefined) return { resource: REPLICA_SETS, namespace, name }
  throw new Fault('CONFLICT', `app "${namespace}/${app}": the journal names no ReplicaSet for the Deployment it holds, expected the one whose Pods serve`)
}
