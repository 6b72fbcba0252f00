import type { KubeObject } from '@fairlead/kube'
import { type Assess, type AssessOptions, type Assessment, contextOf, healthy, progressing } from './assessment.ts'
import { textAt } from './fields.ts'
import { assessHorizontalPodAutoscaler, assessPodDisruptionBudget } from './kinds/autoscaling.ts'
import { assessCustomResourceDefinition } from './kinds/custom-resource-definition.ts'
import { assessCustomResource } from './kinds/custom-resource.ts'
import { assessDaemonSet } from './kinds/daemon-set.ts'
import { assessDeployment } from './kinds/deployment.ts'
import { assessGateway, assessIngress, assessRoute } from './kinds/gateway.ts'
import { assessCronJob, assessJob } from './kinds/job.ts'
import { assessPersistentVolumeClaim } from './kinds/persistent-volume-claim.ts'
import { assessPod } from './kinds/pod.ts'
import { assessReplicaSet } from './kinds/replica-set.ts'
import { assessService } from './kinds/service.ts'
import { assessStatefulSet } from './kinds/stateful-set.ts'

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
  ['/Namespace', assessNamespace],
  ['apiextensions.k8s.io/CustomResourceDefinition', assessCustomResourceDefinition],
  ['autoscaling/HorizontalPodAutoscaler', assessHorizontalPodAutoscaler],
  ['policy/PodDisruptionBudget', assessPodDisruptionBudget],
  ['networking.k8s.io/Ingress', assessIngress],
  ['gateway.networking.k8s.io/Gateway', assessGateway],
  ['gateway.networking.k8s.io/HTTPRoute', assessRoute],
  ['gateway.networking.k8s.io/GRPCRoute', assessRoute],
  ['gateway.networking.k8s.io/TLSRoute', assessRoute],
])

/** Groups of Kubernetes itself whose other kinds are what they say as soon as they exist: ConfigMap, Secret, Role, NetworkPolicy. */
const PLAIN_GROUPS = new Set([
  '',
  'rbac.authorization.k8s.io',
  'networking.k8s.io',
  'storage.k8s.io',
  'scheduling.k8s.io',
  'policy',
  'admissionregistration.k8s.io',
  'coordination.k8s.io',
])

/**
 * Judges one object by what it and its surroundings show at this moment. Pure, and never throws, whatever the object looks like.
 *
 * It does not read a cluster, wait, remember, or know the time; so it neither sees a crash that is between two states nor grants a stability window (it says
 * with `settles` where one is due), and it does not look for the cause: `diagnose` does.
 */
export function assess(object: KubeObject, options: AssessOptions = {}): Assessment {
  if (object.metadata.deletionTimestamp !== undefined) return { status: 'Missing', message: 'is being deleted' }
  const group = object.apiVersion.includes('/') ? object.apiVersion.slice(0, object.apiVersion.indexOf('/')) : ''
  const rule = RULES.get(`${group}/${object.kind}`) ?? (PLAIN_GROUPS.has(group) ? assessPlain : assessCustomResource)
  return rule(object, contextOf(options))
}

function assessPlain(): Assessment {
  return healthy('exists')
}

function assessNamespace(object: KubeObject): Assessment {
  const phase = textAt(object, 'status', 'phase')
  return phase === 'Active' ? healthy('active') : progressing(`its phase is ${phase ?? 'not known yet'}`)
}
