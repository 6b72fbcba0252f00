import { Fault, type Workspace } from '@fairlead/base'
import type { Target } from '@fairlead/health'
import { parseManifests, referenceKey, referenceTo, type Cluster, type ManifestObject, type ObjectReference } from '@fairlead/kube'
import type { Inputs } from './inputs.ts'

/** An object to judge, and the manifest that asks for it where there is one. */
export interface JudgedObject extends Target {
  readonly manifest?: ManifestObject
}

interface Surroundings {
  readonly cluster: Cluster
  readonly workspace: Workspace
  /** Ends every request when the run is cancelled. */
  readonly signal: AbortSignal
}

const MANIFEST_LIMIT = 5 * 1024 * 1024
const SELECTED_KINDS = ['deployments', 'statefulsets', 'daemonsets']

/**
 * Finds the objects that the inputs name, each once, in their order.
 * Manifests are read and understood before the cluster is asked anything. Throws NOT_FOUND where a selector finds nothing.
 */
export async function resolveTargets(inputs: Inputs, surroundings: Surroundings): Promise<readonly JudgedObject[]> {
  const manifests = await readManifests(inputs.manifests, surroundings.workspace)
  const found: JudgedObject[] = []
  const allowZero = inputs['allow-zero']
  for (const manifest of manifests) found.push({ reference: await referenceOf(manifest, inputs, surroundings), manifest, allowZero })
  found.push(...(await namedTargets(inputs, surroundings)), ...(await selectedTargets(inputs, surroundings)))
  // The first mention wins: a manifest knows its lines.
  return [...new Map(found.toReversed().map((target) => [referenceKey(target.reference), target])).values()].toReversed()
}

async function readManifests(patterns: readonly string[], workspace: Workspace): Promise<readonly ManifestObject[]> {
  if (patterns.length === 0) return []
  const sources = await workspace.read(patterns, { extensions: ['.yaml', '.yml', '.json'], limit: MANIFEST_LIMIT })
  const manifests = parseManifests(sources)
  if (manifests.length === 0)
    throw new Fault('INPUT_INVALID', `input "manifests": expected at least one object, got none in ${sources.map(({ file }) => file).join(', ')}`)
  return manifests
}

async function referenceOf({ object }: ManifestObject, inputs: Inputs, { cluster, signal }: Surroundings): Promise<ObjectReference> {
  const resource = await cluster.resourceOf(object, { signal })
  const namespace = object.metadata.namespace ?? inputs.namespace ?? cluster.namespace
  return referenceTo(resource, { metadata: { ...object.metadata, namespace } })
}

async function namedTargets(inputs: Inputs, { cluster, signal }: Surroundings): Promise<readonly JudgedObject[]> {
  const targets: JudgedObject[] = []
  for (const { kind, name, namespace = inputs.namespace ?? cluster.namespace } of inputs.objects) {
    if (name === undefined) continue
    const resource = await cluster.resourceNamed(kind, { signal })
    targets.push({ reference: { resource, name, ...(resource.namespaced ? { namespace } : {}) }, allowZero: inputs['allow-zero'] })
  }
  return targets
}

async function selectedTargets(inputs: Inputs, { cluster, signal }: Surroundings): Promise<readonly JudgedObject[]> {
  const { selector: labelSelector } = inputs
  if (labelSelector === undefined) return []
  const bare = inputs.objects.filter(({ name }) => name === undefined).map(({ kind }) => kind)
  const namespace = inputs.namespace ?? cluster.namespace
  const targets: JudgedObject[] = []
  for (const kind of bare.length > 0 ? bare : SELECTED_KINDS) {
    const resource = await cluster.resourceNamed(kind, { signal })
    const { items } = await cluster.list({ resource, labelSelector, ...(resource.namespaced ? { namespace } : {}) }, { signal })
    targets.push(...items.map((item) => ({ reference: referenceTo(resource, item), allowZero: inputs['allow-zero'] })))
  }
  if (targets.length === 0) {
    const kinds = bare.length > 0 ? bare.join(', ') : 'Deployments, StatefulSets or DaemonSets'
    throw new Fault('NOT_FOUND', `input "selector": no ${kinds} in namespace "${namespace}" carry ${labelSelector}`, {
      hint: `Look with \`kubectl -n ${namespace} get ${bare[0] ?? 'deployments'} --show-labels\`.`,
    })
  }
  return targets
}
