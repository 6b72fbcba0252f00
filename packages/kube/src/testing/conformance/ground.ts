import { isFault, type Fault } from '@fairlead/base'
import type { Cluster, Selection, WatchEvent } from '../../cluster.ts'
import type { KubeObject } from '../../object.ts'
import type { ObjectReference, Resource } from '../../resource.ts'
import { WatchExpired } from '../../watch-expired.ts'

/** What the suite runs on: a cluster and an empty namespace of its own. */
export interface Ground {
  readonly cluster: Cluster
  readonly namespace: string
  /** Names a selection, and a version of it that the cluster has forgotten. */
  readonly forgotten: () => Promise<{ readonly selection: Selection; readonly resourceVersion: string }>
}

/** The ground once it is open. */
export type At = () => Ground

/** The kinds the suite uses. */
export const CONFIG_MAP: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
export const DEPLOYMENT: Resource = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }
export const LEASE: Resource = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases', namespaced: true }
export const NAMESPACE: Resource = { apiVersion: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false }
export const SERVICE: Resource = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }

/** Who writes. */
export const BY = { manager: 'conformance' }

/** The first events of a watch, bookmarks left out. */
export async function take(
  cluster: Cluster,
  { selection, resourceVersion, count }: { selection: Selection; resourceVersion: string; count: number },
): Promise<WatchEvent[]> {
  const events: WatchEvent[] = []
  for await (const event of cluster.watch(selection, { resourceVersion, signal: AbortSignal.timeout(10_000) })) {
    if (event.type !== 'BOOKMARK') events.push(event)
    if (events.length === count) break
  }
  return events
}

/** The Fault that something ends with; fails the test when it does not. */
export async function faultOf(promise: Promise<unknown>): Promise<Fault> {
  const answer = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in answer && isFault(answer.error) && !(answer.error instanceof WatchExpired)) return answer.error
  throw new Error('expected a Fault', { cause: 'error' in answer ? answer.error : answer.value })
}

/** A controller may write between our read and our write. */
export async function retryConflicts<T>(attempt: () => Promise<T>): Promise<T> {
  return attempt().catch((error: unknown) => {
    if (isFault(error, 'CONFLICT')) return attempt()
    throw error
  })
}

type Texts = Readonly<Record<string, string>>

/** A ConfigMap of the suite. */
export function configMap(namespace: string, name: string, { data = {}, labels }: { data?: Texts; labels?: Texts } = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, ...(labels === undefined ? {} : { labels }) },
    ...(Object.keys(data).length === 0 ? {} : { data }),
  }
}

/** Points at a ConfigMap of the suite. */
export function configMapAt(namespace: string, name: string): ObjectReference {
  return { resource: CONFIG_MAP, namespace, name }
}

/** Points at a Deployment of the suite. */
export function deploymentAt(namespace: string, name: string): ObjectReference {
  return { resource: DEPLOYMENT, namespace, name }
}

/** A Deployment of the suite; nothing needs to run. */
export function deployment(
  namespace: string,
  name: string,
  { replicas, image = 'example.invalid/web:1' }: { replicas?: number | undefined; image?: string } = {},
): KubeObject {
  const labels = { app: name }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { ...(replicas === undefined ? {} : { replicas }), selector: { matchLabels: labels }, template },
  }
}

/** A Service of the suite. */
export function service(namespace: string, name: string, selector: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec: { selector, ports: [{ port: 80 }] } }
}
