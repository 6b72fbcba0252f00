import type { KubeObject } from '@fairlead/kube'
import { readIdentity } from '../release/index.ts'
import type { Workload } from './standing.ts'

interface DeploymentShape {
  readonly spec?: { readonly replicas?: number; readonly paused?: boolean }
  readonly status?: { readonly observedGeneration?: number; readonly availableReplicas?: number; readonly updatedReplicas?: number }
}

/** Reads what a decision needs of a Deployment. A status about an older spec counts as nobody available. */
export function readWorkload(object: KubeObject): Workload {
  const { spec = {}, status = {} } = object as KubeObject & DeploymentShape
  const isCurrent = (status.observedGeneration ?? 0) >= (object.metadata.generation ?? 0)
  return {
    object,
    name: object.metadata.name,
    uid: object.metadata.uid ?? '',
    wanted: spec.replicas ?? 1,
    available: isCurrent ? (status.availableReplicas ?? 0) : 0,
    identity: readIdentity(object),
    paused: spec.paused === true,
  }
}
