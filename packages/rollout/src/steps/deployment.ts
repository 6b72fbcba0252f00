import { Fault, type Clock, type Deadline } from '@fairlead/base'
import { describeReference, type Cluster, type KubeObject, type ObjectReference, type Resource } from '@fairlead/kube'
import { DEPLOYMENTS, PODS } from '../standing/index.ts'

export const REPLICA_SETS: Resource = { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets', namespaced: true }
const POLL = 100

/** Points at a Deployment of the run's namespace. */
export function deploymentReference(namespace: string, name: string): ObjectReference {
  return { resource: DEPLOYMENTS, namespace, name }
}

/** Reads a Deployment that must be there. Throws NOT_FOUND. */
export async function readDeployment(cluster: Cluster, reference: ObjectReference): Promise<KubeObject> {
  const object = await cluster.get(reference)
  if (object === undefined) throw new Fault('NOT_FOUND', `${describeReference(reference)}: expected it to be there, got nothing: somebody has deleted it`)
  return object
}

/** Looks again and again until `look` answers something; undefined once the deadline has passed. Throws the signal's reason. */
export async function lookUntil<T>(
  look: () => Promise<T | undefined>,
  { clock, deadline, signal }: { readonly clock: Clock; readonly deadline: Deadline; readonly signal: AbortSignal },
): Promise<T | undefined> {
  for (let pause = POLL; ; pause = Math.min(1_000, pause * 1.5)) {
    signal.throwIfAborted()
    const found = await look()
    if (found !== undefined || deadline.passed()) return found
    await clock.sleep(Math.min(pause, deadline.remaining()), signal)
  }
}

/** Lists the ReplicaSets a Deployment owns. */
export async function replicaSetsOf(cluster: Cluster, { metadata }: KubeObject): Promise<readonly KubeObject[]> {
  return ownedBy(await listIn(cluster, REPLICA_SETS, metadata.namespace), metadata.uid)
}

/** Lists the Pods of ReplicaSets, terminating ones included. */
export async function podsOf(cluster: Cluster, replicaSets: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  const [first] = replicaSets
  if (first === undefined) return []
  const pods = await listIn(cluster, PODS, first.metadata.namespace)
  return replicaSets.flatMap(({ metadata }) => ownedBy(pods, metadata.uid))
}

/** Tells whether the controller has seen the spec there is. */
export function isObserved({ metadata, status }: KubeObject): boolean {
  const { observedGeneration = 0 } = (status ?? {}) as { readonly observedGeneration?: number }
  return observedGeneration >= (metadata.generation ?? 0)
}

async function listIn(cluster: Cluster, resource: Resource, namespace: string | undefined): Promise<readonly KubeObject[]> {
  return (await cluster.list({ resource, ...(namespace === undefined ? {} : { namespace }) })).items
}

function ownedBy(objects: readonly KubeObject[], uid: string | undefined): readonly KubeObject[] {
  return objects.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) === true)
}
