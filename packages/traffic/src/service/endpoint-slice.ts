import type { KubeObject } from '@fairlead/kube'
import { LABELS } from '../labels.ts'

/** The labels of an EndpointSlice that are Kubernetes' own. */
export const SLICE_LABELS = { service: 'kubernetes.io/service-name', managedBy: 'endpointslice.kubernetes.io/managed-by' } as const

/** Who writes the slices of a Service with a selector. Slices of anybody else take traffic all the same, so they are never ignored. */
export const SLICE_CONTROLLER = 'endpointslice-controller.k8s.io'

/** An EndpointSlice, as far as traffic goes by it. */
export interface EndpointSlice {
  readonly name: string
  /** `IPv4`, `IPv6` or `FQDN`. */
  readonly family: string
  readonly managedBy: string | undefined
  readonly move: string | undefined
  readonly endpoints: readonly Endpoint[]
}

/** One endpoint with its conditions filled in. */
export interface Endpoint {
  /** The Pod's name; the address of what is no Pod. */
  readonly name: string
  /** The Pod's; undefined for what is no Pod. */
  readonly uid: string | undefined
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
}

/** Reads an EndpointSlice. An absent `ready` means true, an absent `serving` the same as `ready`, an absent `terminating` false: so the API defines them. */
export function readSlice(object: KubeObject): EndpointSlice {
  const { metadata, addressType = '', endpoints } = object as SliceObject
  return {
    name: metadata.name,
    family: addressType,
    managedBy: metadata.labels?.[SLICE_LABELS.managedBy],
    move: metadata.labels?.[LABELS.move],
    endpoints: (endpoints ?? []).map(readEndpoint),
  }
}

/** Tells whether new connections are sent to an endpoint. */
export function takesTraffic({ ready, serving, terminating }: Endpoint): boolean {
  return ready && serving && !terminating
}

interface SliceObject extends KubeObject {
  readonly addressType?: string
  readonly endpoints?: readonly SliceEndpoint[] | null
}

interface SliceEndpoint {
  readonly addresses?: readonly string[]
  readonly conditions?: SliceConditions | null
  readonly targetRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string } | null
}

interface SliceConditions {
  readonly ready?: boolean | null
  readonly serving?: boolean | null
  readonly terminating?: boolean | null
}

function readEndpoint({ addresses, conditions, targetRef }: SliceEndpoint): Endpoint {
  const pod = targetRef?.kind === 'Pod' ? targetRef : {}
  return { name: pod.name ?? addresses?.[0] ?? 'an endpoint without an address', uid: pod.uid, ...readConditions(conditions ?? {}) }
}

function readConditions({ ready, serving, terminating }: SliceConditions): Pick<Endpoint, 'ready' | 'serving' | 'terminating'> {
  return { ready: ready ?? true, serving: serving ?? ready ?? true, terminating: terminating ?? false }
}
