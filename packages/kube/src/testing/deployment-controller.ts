import { valueAt } from '../json-pointer.ts'
import type { KubeObject, OwnerReference, StringMap } from '../object.ts'
import type { Controller, ControllerAccess } from './fake-controllers.ts'

/** What becomes of a Pod: `ready`, nothing yet, or a container status that keeps it from it. */
export type PodFate = 'ready' | 'pending' | { readonly waiting: { readonly reason: string; readonly message?: string }; readonly restarts?: number }

/** What becomes of the Pods a fake Deployment has. */
export interface DeploymentScript {
  /** Decides over each Pod when it is made and whenever its Deployment changes. Ready unless told. */
  readonly fate?: (pod: KubeObject, deployment: KubeObject) => PodFate
}

/**
 * Does what the Deployment and ReplicaSet controllers do: one ReplicaSet per template, named by its hash, Pods with the Deployment's labels, statuses with observedGeneration.
 * Rolls at once, without surge or waiting; a paused Deployment is scaled, not rolled.
 */
export function deploymentController(script: DeploymentScript = {}): Controller {
  const fate = script.fate ?? (() => 'ready' as const)
  return ({ object, type }, cluster) => {
    const deployment = object.kind === 'Deployment' ? object : ownerOf(object, cluster)
    if (deployment === undefined || (type === 'DELETED' && object.kind === 'Deployment')) return
    const live = cluster.find(deployment)
    if (live !== undefined) reconcile(live, cluster, fate)
  }
}

interface Spec {
  readonly replicas?: number
  readonly paused?: boolean
  readonly selector?: { readonly matchLabels?: StringMap }
  readonly template?: { readonly metadata?: { readonly labels?: StringMap; readonly annotations?: StringMap }; readonly spec?: unknown }
}

type Fate = NonNullable<DeploymentScript['fate']>

function reconcile(deployment: KubeObject, cluster: ControllerAccess, fate: Fate): void {
  const sets = cluster.all('ReplicaSet', deployment.metadata.namespace).filter((set) => isOwned(set, deployment))
  const newest = newestOf(deployment, sets, cluster)
  const active = newest ?? sets.toSorted((a, b) => revisionOf(b) - revisionOf(a))[0]
  for (const set of sets) if (set.metadata.uid !== active?.metadata.uid) reportEmpty(scale(set, 0, cluster), cluster)
  if (active === undefined) return
  const scaled = scale(raise(active, sets, cluster), replicasOf(deployment), cluster)
  const pods = keepPods(scaled, deployment, { cluster, fate })
  const ready = pods.filter(isReady).length
  const counts = { replicas: pods.length, ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }) }
  cluster.put({ ...scaled, status: { observedGeneration: scaled.metadata.generation, fullyLabeledReplicas: pods.length, ...counts } })
  report(cluster.find(deployment) ?? deployment, cluster, {
    revision: revisionOf(scaled),
    counts: { updatedReplicas: newest === undefined ? 0 : pods.length, ...counts },
    ready,
  })
}

/** The ReplicaSet of the template there is now; none while the Deployment is paused before one was made. */
function newestOf(deployment: KubeObject, sets: readonly KubeObject[], cluster: ControllerAccess): KubeObject | undefined {
  const { template, paused } = deployment.spec as Spec
  const hash = hashOf(template)
  const existing = sets.find((set) => set.metadata.labels?.['pod-template-hash'] === hash)
  if (existing !== undefined || (paused === true && sets.length > 0)) return existing
  return makeReplicaSet(deployment, cluster, { hash, sets })
}

function report(deployment: KubeObject, cluster: ControllerAccess, { revision, counts, ready }: { revision: number; counts: object; ready: number }): void {
  const annotations = { ...deployment.metadata.annotations, 'deployment.kubernetes.io/revision': String(revision) }
  const status = { observedGeneration: deployment.metadata.generation, ...counts, conditions: conditions(ready >= replicasOf(deployment)) }
  cluster.put({ ...deployment, metadata: { ...deployment.metadata, annotations }, status })
}

function replicasOf({ spec }: KubeObject): number {
  return (spec as Spec).replicas ?? 1
}

function makeReplicaSet(deployment: KubeObject, cluster: ControllerAccess, { hash, sets }: { hash: string; sets: readonly KubeObject[] }): KubeObject {
  const { selector, template = {} } = deployment.spec as Spec
  const labels = { ...template.metadata?.labels, 'pod-template-hash': hash }
  return cluster.put({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      ...(deployment.metadata.namespace === undefined ? {} : { namespace: deployment.metadata.namespace }),
      labels,
      annotations: { 'deployment.kubernetes.io/revision': String(Math.max(0, ...sets.map(revisionOf)) + 1) },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: { ...selector?.matchLabels, 'pod-template-hash': hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  })
}

/** A template that comes back makes its old ReplicaSet the newest. */
function raise(set: KubeObject, sets: readonly KubeObject[], cluster: ControllerAccess): KubeObject {
  const highest = Math.max(0, ...sets.filter((other) => other.metadata.uid !== set.metadata.uid).map(revisionOf))
  if (revisionOf(set) > highest) return set
  return cluster.put({
    ...set,
    metadata: { ...set.metadata, annotations: { ...set.metadata.annotations, 'deployment.kubernetes.io/revision': String(highest + 1) } },
  })
}

function scale(set: KubeObject, replicas: number, cluster: ControllerAccess): KubeObject {
  const spec = set.spec as Spec
  const scaled = spec.replicas === replicas ? set : cluster.put({ ...set, spec: { ...spec, replicas } })
  for (const pod of podsOf(set, cluster).slice(replicas)) cluster.remove(pod)
  return scaled
}

/** An old ReplicaSet has nobody left; the status of the newest is written with its Pods, once, or the two would never agree. */
function reportEmpty(set: KubeObject, cluster: ControllerAccess): void {
  cluster.put({ ...set, status: { observedGeneration: set.metadata.generation, replicas: 0 } })
}

function keepPods(set: KubeObject, deployment: KubeObject, { cluster, fate }: { cluster: ControllerAccess; fate: Fate }): readonly KubeObject[] {
  const { replicas = 1, template } = set.spec as Spec
  const existing = podsOf(set, cluster)
  const free = Array.from({ length: replicas }, (_each, index) => `${set.metadata.name}-${index}`).filter((name) =>
    existing.every((pod) => pod.metadata.name !== name),
  )
  const made = free.slice(0, Math.max(0, replicas - existing.length)).map((name) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(set.metadata.namespace === undefined ? {} : { namespace: set.metadata.namespace }),
      ...template?.metadata,
      ownerReferences: [ownerReference(set)],
    },
    spec: template?.spec,
  }))
  return [...existing, ...made].map((pod) => cluster.put({ ...pod, status: statusOf(pod, fate(pod, deployment), cluster) }))
}

function statusOf(pod: KubeObject, fate: PodFate, cluster: ControllerAccess): unknown {
  const ready = fate === 'ready'
  return {
    phase: ready ? 'Running' : 'Pending',
    conditions: [readiness(pod, ready, cluster)],
    containerStatuses: containersOf(pod, fate),
    ...(ready ? { podIP: '10.0.0.1' } : {}),
  }
}

function readiness(pod: KubeObject, ready: boolean, cluster: ControllerAccess): unknown {
  const old = valueAt(pod, ['status', 'conditions', 0])
  const status = ready ? 'True' : 'False'
  return valueAt(old, ['status']) === status ? old : { type: 'Ready', status, lastTransitionTime: cluster.now() }
}

function containersOf({ spec }: KubeObject, fate: PodFate): readonly unknown[] {
  const containers = valueAt(spec, ['containers'])
  const restartCount = typeof fate === 'object' ? (fate.restarts ?? 0) : 0
  const state = fate === 'ready' ? { running: {} } : { waiting: fate === 'pending' ? { reason: 'ContainerCreating' } : fate.waiting }
  return (Array.isArray(containers) ? (containers as { readonly name: string; readonly image: string }[]) : []).map(({ name, image }) => ({
    name,
    image,
    imageID: `${image}@id`,
    ready: fate === 'ready',
    restartCount,
    state,
  }))
}

function conditions(available: boolean): unknown {
  return [
    { type: 'Available', status: available ? 'True' : 'False', reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable' },
    { type: 'Progressing', status: 'True', reason: available ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated' },
  ]
}

function podsOf(set: KubeObject, cluster: ControllerAccess): readonly KubeObject[] {
  return cluster.all('Pod', set.metadata.namespace).filter((pod) => isOwned(pod, set) && pod.metadata.deletionTimestamp === undefined)
}

function ownerOf(object: KubeObject, cluster: ControllerAccess): KubeObject | undefined {
  const uid = object.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid
  if (object.kind === 'ReplicaSet') return cluster.all('Deployment', object.metadata.namespace).find(({ metadata }) => metadata.uid === uid)
  const set = object.kind === 'Pod' ? cluster.all('ReplicaSet', object.metadata.namespace).find(({ metadata }) => metadata.uid === uid) : undefined
  return set === undefined ? undefined : ownerOf(set, cluster)
}

function isOwned({ metadata }: KubeObject, owner: KubeObject): boolean {
  return metadata.ownerReferences?.some(({ uid, controller }) => controller === true && uid === owner.metadata.uid) === true
}

function ownerReference({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }
}

function isReady(pod: KubeObject): boolean {
  return valueAt(pod, ['status', 'conditions', 0, 'status']) === 'True'
}

function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)
}

/** A short, stable name for a template. Not the API's own hash, which nobody may rely on either. */
function hashOf(template: unknown): string {
  let hash = 5_381
  for (const character of JSON.stringify(template ?? {})) hash = (hash * 33 + (character.codePointAt(0) ?? 0)) % 4_294_967_291
  return hash.toString(36).slice(0, 10)
}
