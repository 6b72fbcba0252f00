import type { KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, counted, healthy, progressing } from '../judging/assessment.ts'
import { at, listAt, textAt } from '../reading/fields.ts'

/**
 * Judges a Service: its load balancer has an address, and at least one endpoint takes requests.
 * Endpoints come from EndpointSlices; where those were not read it says so and judges the address alone. Sends no request.
 */
export function assessService(object: KubeObject, { around }: AssessContext): Assessment {
  const type = textAt(object, 'spec', 'type')
  if (type === 'ExternalName') return healthy(`is another name for ${textAt(object, 'spec', 'externalName') ?? 'nothing'}; it has no endpoints to judge`)
  if (type === 'LoadBalancer' && !hasAddress(object)) return progressing('its load balancer has no address yet')
  if (!around.knows('EndpointSlice')) return healthy('exists; its endpoints were not read')
  const endpoints = endpointsOf(around.slicesOf(object.metadata.namespace, object.metadata.name))
  return isSelecting(object) ? assessEndpoints(endpoints) : assessManualEndpoints(endpoints)
}

/** Tells whether the status of a Service, an Ingress or the like carries an address. */
export function hasAddress(object: KubeObject): boolean {
  const entries = listAt(object, 'status', 'loadBalancer', 'ingress')
  return entries.some((entry) => textAt(entry, 'ip') !== undefined || textAt(entry, 'hostname') !== undefined)
}

interface Endpoints {
  readonly ready: number
  readonly all: number
}

function isSelecting(object: KubeObject): boolean {
  return Object.keys(at(object, 'spec', 'selector') ?? {}).length > 0
}

function assessEndpoints({ ready, all }: Endpoints): Assessment {
  if (ready > 0) return healthy(counted(ready, 'ready endpoint'))
  return progressing(all === 0 ? 'has no endpoints: no Pod matches its selector' : `has no ready endpoint among ${all}`)
}

function assessManualEndpoints({ ready }: Endpoints): Assessment {
  if (ready > 0) return healthy(`${counted(ready, 'ready endpoint')}, set by hand: it has no selector`)
  return progressing('has no ready endpoint, and no selector that would find any')
}

/** Counts endpoints once, however many slices (address families, moves between slices) name them. */
function endpointsOf(slices: readonly KubeObject[]): Endpoints {
  const all = slices.flatMap((slice) => listAt(slice, 'endpoints'))
  return { ready: new Set(all.filter(takesRequests).map(identityOf)).size, all: new Set(all.map(identityOf)).size }
}

/** An absent `ready` or `serving` means true, an absent `terminating` false: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions */
function takesRequests(endpoint: unknown): boolean {
  const conditions = at(endpoint, 'conditions')
  return at(conditions, 'ready') !== false && at(conditions, 'serving') !== false && at(conditions, 'terminating') !== true
}

function identityOf(endpoint: unknown): string {
  return textAt(endpoint, 'targetRef', 'uid') ?? textAt(endpoint, 'addresses', 0) ?? ''
}
