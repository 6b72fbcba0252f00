import { groupOf } from './known-resources.ts'
import type { KubeObject } from './object.ts'
import type { ObjectReference, Resource } from './resource.ts'

/** Writes what an object is called in messages: `Deployment "shop/web"`, `Namespace "shop"`. */
export function describeObject({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string {
  return `${kind} "${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}"`
}

/** Writes what a reference is called in messages: `Deployment "shop/web"`. */
export function describeReference({ resource, namespace, name }: ObjectReference): string {
  return `${resource.kind} "${namespace === undefined ? '' : `${namespace}/`}${name}"`
}

/**
 * Writes what tells one object from all others of a cluster: API group, kind, namespace and name. Versions of a group are one, groups that share a kind are not.
 * Only for comparing, and does not know which namespace an absent one means. People read `describeReference`, in which two groups' kinds look alike.
 */
export function referenceKey({ resource, namespace = '', name }: ReferenceIdentity): string {
  return [groupOf(resource.apiVersion), resource.kind, namespace, name].join('/')
}

/** What of a reference says which object is meant. */
export interface ReferenceIdentity {
  readonly resource: Pick<Resource, 'apiVersion' | 'kind'>
  readonly namespace?: string | undefined
  readonly name: string
}

/** Points at an object of a known kind. */
export function referenceTo(resource: Resource, { metadata }: Pick<KubeObject, 'metadata'>): ObjectReference {
  return { resource, name: metadata.name, ...(resource.namespaced && metadata.namespace !== undefined ? { namespace: metadata.namespace } : {}) }
}
