import type { KubeObject } from '../object.ts'

// What the API server does differently from kind to kind, as far as the fake knows.

const WITHOUT_GENERATION = new Set([
  'Service',
  'ConfigMap',
  'Secret',
  'Lease',
  'Event',
  'Namespace',
  'ServiceAccount',
  'Node',
  'Endpoints',
  'Role',
  'RoleBinding',
])
const WITH_STATUS = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Pod',
  'Service',
  'Job',
  'Namespace',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Ingress',
  'HTTPRoute',
  'GRPCRoute',
  'Gateway',
])

/** Kinds that count the changes of their spec. */
export function hasGeneration(kind: string): boolean {
  return !WITHOUT_GENERATION.has(kind)
}

/** Kinds whose status is written by its own request only: an ordinary write of it changes nothing. */
export function hasStatusOfItsOwn(kind: string): boolean {
  return WITH_STATUS.has(kind)
}

/** Leases are created by a PUT, and replaced with a version only. */
export function isCreatedOnUpdate(kind: string): boolean {
  return kind === 'Lease'
}

/** Fills in the defaults that our code reads. */
export function withDefaults(object: KubeObject): KubeObject {
  const spec = object.spec as Readonly<Record<string, unknown>> | undefined
  switch (object.kind) {
    case 'Deployment':
      return { ...object, spec: { progressDeadlineSeconds: 600, revisionHistoryLimit: 10, strategy: ROLLING, ...spec, replicas: spec?.['replicas'] ?? 1 } }
    case 'ReplicaSet':
    case 'StatefulSet':
      return { ...object, spec: { ...spec, replicas: spec?.['replicas'] ?? 1 } }
    case 'Service':
      return { ...object, spec: { type: 'ClusterIP', ...spec, ...portsOf(spec?.['ports']) } }
    default:
      return object
  }
}

function portsOf(ports: unknown): { ports?: readonly object[] } {
  return Array.isArray(ports) ? { ports: ports.map(withPortDefaults) } : {}
}

const ROLLING = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } }

function withPortDefaults(port: Readonly<Record<string, unknown>>): object {
  return { protocol: 'TCP', targetPort: port['port'], ...port }
}
