import { knownResource, selectorText, type KubeObject, type LabelSelector, type ObjectReference, type Resource, type Selection } from '@fairlead/kube'
import { Fault } from '@fairlead/base'
import { at } from '../reading/fields.ts'
import { groupKindOf } from '../reading/group-kind.ts'
import type { SurroundingKind } from './surroundings.ts'
import type { Target } from '../target.ts'

/** Kinds whose health shows in Pods. */
const WORKLOADS = new Set(['apps/Deployment', 'apps/ReplicaSet', 'apps/StatefulSet', 'apps/DaemonSet', 'batch/Job', '/ReplicationController'])

const RESOURCES: Readonly<Record<SurroundingKind, Resource>> = {
  ReplicaSet: known('apps/v1', 'ReplicaSet'),
  Pod: known('v1', 'Pod'),
  Event: known('v1', 'Event'),
  EndpointSlice: known('discovery.k8s.io/v1', 'EndpointSlice'),
}

/** Selects the targets themselves: one selection for each kind in each namespace, by name where only one is wanted. */
export function targetSelections(targets: readonly Target[]): readonly Selection[] {
  const groups = Map.groupBy(targets, ({ reference }) => kindKey(reference))
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const { resource, namespace } = first.reference
    const names = new Set(group.map(({ reference }) => reference.name))
    return [{ resource, ...inNamespace(namespace), ...(names.size === 1 ? { fieldSelector: `metadata.name=${first.reference.name}` } : {}) }]
  })
}

/**
 * Selects what stands around the targets. With a single workload in a namespace its own selector narrows that; `find` answers the targets' objects as far
 * as they are there.
 */
export function surroundingSelections(targets: readonly Target[], find: (reference: ObjectReference) => KubeObject | undefined): readonly Selection[] {
  const groups = Map.groupBy(targets, ({ reference }) => reference.namespace)
  return [...groups].flatMap(([namespace, group]) => {
    const workloads = group.filter(({ reference }) => WORKLOADS.has(groupKindOf(reference.resource)))
    const labelSelector = workloads.length === 1 && workloads[0] !== undefined ? selectorOf(find(workloads[0].reference)) : undefined
    const narrow = labelSelector === undefined ? {} : { labelSelector }
    return neededKinds(group).map((kind) => ({
      resource: RESOURCES[kind],
      ...inNamespace(namespace),
      ...(kind === 'ReplicaSet' || kind === 'Pod' ? narrow : {}),
    }))
  })
}

/** Tells which of the kinds around a target a resource is; undefined for all others, those of the same name in another API group included. */
export function surroundingKindOf(resource: Resource): SurroundingKind | undefined {
  return Object.values(RESOURCES).some((known) => groupKindOf(known) === groupKindOf(resource)) ? (resource.kind as SurroundingKind) : undefined
}

/** Tells whether a selection shows the objects of a reference's kind and namespace. */
export function covers(selection: Selection, { resource, namespace }: Pick<ObjectReference, 'resource' | 'namespace'>): boolean {
  return selection.resource.kind === resource.kind && selection.resource.apiVersion === resource.apiVersion && selection.namespace === namespace
}

function neededKinds(targets: readonly Target[]): readonly SurroundingKind[] {
  const kinds = new Set(targets.map(({ reference }) => groupKindOf(reference.resource)))
  const hasWorkload = [...kinds].some((kind) => WORKLOADS.has(kind))
  const needed: readonly (readonly [SurroundingKind, boolean])[] = [
    ['ReplicaSet', kinds.has('apps/Deployment')],
    ['Pod', hasWorkload],
    ['Event', hasWorkload || kinds.has('/Pod') || kinds.has('/PersistentVolumeClaim')],
    ['EndpointSlice', kinds.has('/Service')],
  ]
  return needed.filter(([, isNeeded]) => isNeeded).map(([kind]) => kind)
}

function selectorOf(object: KubeObject | undefined): string | undefined {
  const selector = selectorIn(object)
  const text = selector === undefined ? '' : selectorText(selector)
  return text === '' ? undefined : text
}

/** A ReplicationController's selector is older than label selectors: labels alone. */
function selectorIn(object: KubeObject | undefined): LabelSelector | undefined {
  const selector = at(object, 'spec', 'selector')
  if (selector === undefined) return undefined
  return (object?.kind === 'ReplicationController' ? { matchLabels: selector } : selector) as LabelSelector
}

function inNamespace(namespace: string | undefined): Pick<Selection, 'namespace'> {
  return namespace === undefined ? {} : { namespace }
}

function kindKey({ resource, namespace = '' }: ObjectReference): string {
  return `${resource.apiVersion} ${resource.kind} ${namespace}`
}

function known(apiVersion: string, kind: string): Resource {
  const resource = knownResource({ apiVersion, kind })
  if (resource === undefined) throw new Fault('BUG', `kind ${kind} of ${apiVersion}: not in the table of known kinds, expected it there`)
  return resource
}
