import type { KubeObject } from '@fairlead/kube'
import { readSlice } from './endpoint-slice.ts'

/**
 * Names the endpoints of a Service that are not Pods of one ReplicaSet: what an adoption would cut off. Ready or not, since the others may become so; those on their way out do not count.
 * `pods` are those of the namespace that the Service selects; an endpoint that is none of them is foreign.
 */
export function foreignEndpoints(slices: readonly KubeObject[], pods: readonly KubeObject[], replicaSetUid: string): readonly string[] {
  const own = new Set(pods.filter((pod) => isOf(pod, replicaSetUid)).map(({ metadata }) => metadata.uid))
  const endpoints = slices.flatMap((slice) => readSlice(slice).endpoints)
  const foreign = endpoints.filter(({ uid, terminating }) => !terminating && (uid === undefined || !own.has(uid)))
  return [...new Set(foreign.map(({ name, uid }) => (uid === undefined ? `${name}, which is no Pod` : `Pod ${name}`)))].toSorted()
}

function isOf({ metadata }: KubeObject, replicaSetUid: string): boolean {
  return metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === replicaSetUid) === true
}
