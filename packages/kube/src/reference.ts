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

/** Points at an object of a known kind. */
export function referenceTo(resource: Resource, { metadata }: Pick<KubeObject, 'metadata'>): ObjectReference {
  return { resource, name: metadata.name, ...(resource.namespaced && metadata.namespace !== undefined ? { namespace: metadata.namespace } : {}) }
}
