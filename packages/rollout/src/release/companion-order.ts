import type { ManifestObject } from '@fairlead/kube'
import { groupKindOf } from './manifest-set.ts'

/** Sorts companions so that each can be applied when its turn comes: what others refer to stands before them. Equal kinds keep the order of the files. */
export function inOrder(manifests: readonly ManifestObject[]): readonly ManifestObject[] {
  return manifests.toSorted((one, other) => rank(one) - rank(other))
}

/** What limits Pods (quotas, network policies) stands before them: a Pod must not start outside of its limits. */
const ORDER: readonly (readonly string[])[] = [
  ['/Namespace'],
  ['apiextensions.k8s.io/CustomResourceDefinition'],
  ['scheduling.k8s.io/PriorityClass', 'storage.k8s.io/StorageClass', '/ResourceQuota', '/LimitRange', 'networking.k8s.io/NetworkPolicy'],
  ['/ServiceAccount'],
  ['rbac.authorization.k8s.io/ClusterRole', 'rbac.authorization.k8s.io/Role'],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', 'rbac.authorization.k8s.io/RoleBinding'],
  ['/ConfigMap', '/Secret'],
  ['/PersistentVolume'],
  ['/PersistentVolumeClaim'],
  ['/Service'],
  ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', '/ReplicationController', '/Pod', 'batch/Job', 'batch/CronJob'],
]

function rank({ object }: ManifestObject): number {
  const found = ORDER.findIndex((kinds) => kinds.includes(groupKindOf(object)))
  return found < 0 ? ORDER.length : found
}
