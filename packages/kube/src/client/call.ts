import { Fault } from '@fairlead/base'
import type { Selection } from '../cluster.ts'
import { describeReference } from '../reference.ts'
import type { ObjectReference, Resource } from '../resource.ts'

/** What a call asks of RBAC: for the rule a refusal prints. */
export interface CallAccess {
  readonly verb: string
  readonly resource: Resource
  readonly subresource?: string
  readonly namespace?: string | undefined
  readonly name?: string
}

/** One request to the API server, before it has an address and credentials. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | (string & {})
  /** Below the server's URL, every segment escaped. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  /** A query as it stands, where somebody else wrote it. */
  readonly search?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** What the call is about, for messages: `Deployment "shop/web"`. */
  readonly target: string
  readonly access?: CallAccess
  readonly signal?: AbortSignal | undefined
  /** Milliseconds for one attempt. */
  readonly timeout?: number
  /** Milliseconds that a read is retried for, where that is not the connection's own deadline. */
  readonly patience?: number | undefined
  /** Bytes of answer that are accepted. */
  readonly limit?: number
}

/** The path of a collection; of all namespaces when none is given. */
export function collectionPath(resource: Resource, namespace?: string): string {
  const root = resource.apiVersion.includes('/') ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${segment(namespace, 'namespace')}` : ''
  return `${root}${scope}/${resource.plural}`
}

/** The path of one object. */
export function objectPath({ resource, namespace, name }: ObjectReference): string {
  return `${collectionPath(resource, namespace)}/${segment(name, 'name')}`
}

/** How a selection is called in messages: `deployments of namespace shop`. */
export function describeSelection({ resource, namespace, labelSelector }: Selection): string {
  const where = resource.namespaced && namespace !== undefined ? ` of namespace ${namespace}` : ''
  return `${resource.plural}${where}${labelSelector === undefined || labelSelector === '' ? '' : ` (${labelSelector})`}`
}

/** The access to one object. */
export function accessTo(verb: string, { resource, namespace, name }: ObjectReference, subresource?: string): CallAccess {
  return { verb, resource, namespace, name, ...(subresource === undefined ? {} : { subresource }) }
}

/** The call on one object that all verbs share. */
export function objectCall(method: Call['method'], verb: string, reference: ObjectReference): Call {
  return { method, path: objectPath(reference), target: describeReference(reference), access: accessTo(verb, reference) }
}

/** Escapes a name for a path. A URL resolves `..` even when escaped, so what cannot be a name never gets near one. */
export function segment(text: string, what: string): string {
  if (text !== '' && text !== '.' && text !== '..' && !/[/%\\]/.test(text)) return encodeURIComponent(text)
  throw new Fault('INPUT_INVALID', `${what} "${text}": no Kubernetes object is called so, expected a name without /, % and dots alone`, {
    hint: `Correct the ${what}.`,
  })
}
