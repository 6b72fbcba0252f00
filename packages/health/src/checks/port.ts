import type { Cluster, KubeObject, Resource } from '@fairlead/kube'
import type { Respondent } from './respondent.ts'

interface NamedPort {
  readonly name?: string
  readonly port?: number
  readonly containerPort?: number
}

const PODS: Resource = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }
const SERVICES: Resource = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }

/**
 * Finds the number of the port a respondent is asked on, where the API server's proxy does not find it by itself:
 * it knows no port names of Pods, and of a Service only a port without a name.
 * Answers undefined where nothing needs to be looked up, or the respondent is gone: then it is asked all the same, and the answer says so.
 * A reason, as text, is why it cannot be asked at all.
 */
export async function findPort(respondent: Respondent, cluster: Cluster): Promise<number | string | undefined> {
  const { where } = respondent
  if (where.type === 'url' || !needsLookUp(respondent)) return undefined
  const reference = { resource: where.target === 'pods' ? PODS : SERVICES, namespace: where.namespace, name: where.name }
  const object = await cluster.get(reference)
  return object === undefined ? undefined : portNumber(respondent, object)
}

function needsLookUp({ check: { port }, where }: Respondent): boolean {
  if (where.type === 'url' || typeof port === 'number') return false
  return where.target === 'services' || port !== undefined
}

function portNumber({ check: { port } }: Respondent, object: KubeObject): number | string {
  if ((object.spec as { readonly type?: string } | undefined)?.type === 'ExternalName')
    return 'it is an ExternalName Service, which stands for a host outside the cluster; ask that by `url`'
  const ports = portsOf(object)
  const found = port === undefined ? ports[0] : ports.find(({ name }) => name === port)
  const number = found?.port ?? found?.containerPort
  return number ?? `it has no port ${port === undefined ? 'at all' : `named "${port}"`}, expected one of its own, got ${namesOf(ports)}`
}

function namesOf(ports: readonly NamedPort[]): string {
  return ports.length === 0 ? 'none' : ports.map(({ name, port, containerPort }) => name ?? String(port ?? containerPort)).join(', ')
}

function portsOf({ spec }: KubeObject): readonly NamedPort[] {
  const { ports, containers } = spec as { readonly ports?: readonly NamedPort[]; readonly containers?: readonly { readonly ports?: readonly NamedPort[] }[] }
  return ports ?? containers?.flatMap((container) => container.ports ?? []) ?? []
}
