import { accessTo, type Call } from '../client/call.ts'
import { serverFault, type ServerFault } from '../client/server-fault.ts'
import { groupOf } from '../known-resources.ts'
import { describeReference } from '../reference.ts'
import type { ObjectReference, Resource } from '../resource.ts'

/** What an API server answers instead of an object. */
export interface Refusal {
  readonly code: number
  readonly reason: string
  readonly message: string
  readonly details?: unknown
}

/** Turns a refusal into the very Fault that the real adapter makes of it. */
export function refuse(call: Pick<Call, 'target' | 'access'>, refusal: Refusal): ServerFault {
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Status', status: 'Failure', ...refusal })
  return serverFault({ status: refusal.code, headers: {}, body }, { method: 'GET', path: '/', ...call })
}

/** What a refusal of a verb on an object is about. */
export function about(verb: string, reference: ObjectReference, subresource?: string): Pick<Call, 'target' | 'access'> {
  return { target: describeReference(reference), access: accessTo(verb, reference, subresource) }
}

/** There is no such object. */
export function notFound({ resource, name }: ObjectReference): Refusal {
  return { code: 404, reason: 'NotFound', message: `${qualified(resource)} "${name}" not found`, details: { name, kind: resource.plural } }
}

/** There is one already. */
export function alreadyExists({ resource, name }: ObjectReference): Refusal {
  return { code: 409, reason: 'AlreadyExists', message: `${qualified(resource)} "${name}" already exists`, details: { name, kind: resource.plural } }
}

/** The version, or the object, is another by now. */
export function modified({ resource, name }: ObjectReference): Refusal {
  const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`
  return { code: 409, reason: 'Conflict', message, details: { name, kind: resource.plural } }
}

/** The object or the patch is wrong. */
export function invalid({ resource, name }: ObjectReference, message: string): Refusal {
  return { code: 422, reason: 'Invalid', message: `${resource.kind} "${name}" is invalid: ${message}`, details: { name, kind: resource.kind } }
}

/** The account may not. */
export function forbidden(
  verb: string,
  resource: Resource,
  place: { readonly namespace?: string | undefined; readonly name?: string; readonly subresource?: string },
): Refusal {
  const { namespace, name = '', subresource } = place
  const plural = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`
  const where = namespace === undefined ? ' at the cluster scope' : ` in the namespace "${namespace}"`
  const message = `${qualified(resource)} "${name}" is forbidden: User "fake" cannot ${verb} resource "${plural}" in API group "${groupOf(resource.apiVersion)}"${where}`
  return { code: 403, reason: 'Forbidden', message, details: { name, kind: resource.plural } }
}

function qualified({ plural, apiVersion }: Resource): string {
  const group = groupOf(apiVersion)
  return group === '' ? plural : `${plural}.${group}`
}
