import type { KubeObject } from '@fairlead/kube'
import { type Assess, type AssessOptions, type Assessment, contextOf, healthy } from './assessment.ts'
import { groupKindOf } from '../reading/group-kind.ts'
import { assessAPIService } from '../kinds/api-service.ts'
import { assessHorizontalPodAutoscaler, assessPodDisruptionBudget } from '../kinds/autoscaling.ts'
import { assessCustomResourceDefinition } from '../kinds/custom-resource-definition.ts'
import { assessCustomResource } from '../kinds/custom-resource.ts'
import { assessDaemonSet } from '../kinds/daemon-set.ts'
import { assessDeployment } from '../kinds/deployment.ts'
import { assessGateway, assessGatewayClass, assessIngress, assessRoute } from '../kinds/gateway.ts'
import { assessCronJob, assessJob } from '../kinds/job.ts'
import { assessNamespace } from '../kinds/namespace.ts'
import { assessNode } from '../kinds/node.ts'
import { assessPersistentVolumeClaim } from '../kinds/persistent-volume-claim.ts'
import { assessPersistentVolume } from '../kinds/persistent-volume.ts'
import { assessPod } from '../kinds/pod.ts'
import { assessReplicaSet } from '../kinds/replica-set.ts'
import { assessService } from '../kinds/service.ts'
import { assessStatefulSet } from '../kinds/stateful-set.ts'

/** Which rule judges which kind, by API group and kind: a version changes no meaning here. */
const RULES: ReadonlyMap<string, Assess> = new Map<string, Assess>([
  ['apps/Deployment', assessDeployment],
  ['apps/ReplicaSet', assessReplicaSet],
  ['apps/StatefulSet', assessStatefulSet],
  ['apps/DaemonSet', assessDaemonSet],
  ['/Pod', assessPod],
  ['batch/Job', assessJob],
  ['batch/CronJob', assessCronJob],
  ['/Service', assessService],
  ['/PersistentVolumeClaim', assessPersistentVolumeClaim],
  ['/PersistentVolume', assessPersistentVolume],
  ['/ReplicationController', assessReplicaSet],
  ['/Namespace', assessNamespace],
  ['/Node', assessNode],
  ['apiregistration.k8s.io/APIService', assessAPIService],
  ['apiextensions.k8s.io/CustomResourceDefinition', assessCustomResourceDefinition],
  ['autoscaling/HorizontalPodAutoscaler', assessHorizontalPodAutoscaler],
  ['policy/PodDisruptionBudget', assessPodDisruptionBudget],
  ['networking.k8s.io/Ingress', assessIngress],
  ['gateway.networking.k8s.io/GatewayClass', assessGatewayClass],
  ['gateway.networking.k8s.io/Gateway', assessGateway],
  ['gateway.networking.k8s.io/HTTPRoute', assessRoute],
  ['gateway.networking.k8s.io/GRPCRoute', assessRoute],
  ['gateway.networking.k8s.io/TLSRoute', assessRoute],
])

/** Kinds without a status: they are what they say as soon as they exist. A closed list, since a kind that is not here may have a status that tells more. */
const PLAIN = new Set([
  ...kindsOf('', ['ConfigMap', 'Secret', 'ServiceAccount', 'LimitRange', 'ResourceQuota', 'Endpoints', 'Event', 'PodTemplate']),
  ...kindsOf('apps', ['ControllerRevision']),
  ...kindsOf('rbac.authorization.k8s.io', ['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']),
  ...kindsOf('networking.k8s.io', ['NetworkPolicy', 'IngressClass', 'IPAddress']),
  ...kindsOf('storage.k8s.io', ['StorageClass', 'CSIDriver', 'CSINode', 'CSIStorageCapacity', 'VolumeAttributesClass']),
  ...kindsOf('scheduling.k8s.io', ['PriorityClass']),
  ...kindsOf('node.k8s.io', ['RuntimeClass']),
  ...kindsOf('coordination.k8s.io', ['Lease']),
  ...kindsOf('discovery.k8s.io', ['EndpointSlice']),
  ...kindsOf('events.k8s.io', ['Event']),
  ...kindsOf('admissionregistration.k8s.io', [
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
    'ValidatingAdmissionPolicyBinding',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
  ]),
  ...kindsOf('gateway.networking.k8s.io', ['ReferenceGrant']),
])

/**
 * Judges one object by what it and its surroundings show at this moment. Pure, and never throws, whatever the object looks like.
 *
 * It does not read a cluster, wait, remember, or know the time; so it neither sees a crash that is between two states nor grants a stability window (it says
 * with `settles` where one is due), and it does not look for the cause: `diagnose` does.
 */
export function assess(object: KubeObject, options: AssessOptions = {}): Assessment {
  if (object.metadata.deletionTimestamp !== undefined) return { status: 'Missing', message: 'is being deleted' }
  const kind = groupKindOf(object)
  const rule = RULES.get(kind) ?? (PLAIN.has(kind) ? assessPlain : assessCustomResource)
  return rule(object, contextOf(options))
}

function assessPlain(): Assessment {
  return healthy('exists')
}

function kindsOf(group: string, kinds: readonly string[]): readonly string[] {
  return kinds.map((kind) => `${group}/${kind}`)
}
