import { Fault } from '@fairlead/base'
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
 * Answers the respondent as it is where nothing needs to be looked up. Throws INPUT_INVALID for a name that is not there.
 */
export async function withPort(respondent: Respondent, cluster: Cluster): Promise<Respondent> {
  const { check, where } = respondent
  if (where.type === 'url' || !needsLookUp(respondent)) return respondent
  const reference = { resource: where.target === 'pods' ? PODS : SERVICES, namespace: where.namespace, name: where.name }
  const object = await cluster.get(reference)
  // One that is gone by now is asked all the same: the answer says so.
  return object === undefined ? respondent : { ...respondent, check: { ...check, port: portNumber(respondent, portsOf(object)) } }
}

function needsLookUp({ check: { port }, where }: Respondent): boolean {
  if (where.type === 'url' || typeof port === 'number') return false
  return where.target === 'services' || port !== undefined
}

function portNumber({ name: who, check: { port } }: Respondent, ports: readonly NamedPort[]): number {
  const found = port === undefined ? ports[0] : ports.find(({ name }) => name === port)
  const number = found?.port ?? found?.containerPort
  if (number !== undefined) return number
  const wanted = port === undefined ? 'at all' : `named "${port}"`
  throw new Fault('INPUT_INVALID', `${who}: has no port ${wanted}, expected one of its own, got ${namesOf(ports)}`, {
    hint: 'Give the number of the port in the check.',
  })
}

function namesOf(ports: readonly NamedPort[]): string {
  return ports.length === 0 ? 'none' : ports.map(({ name, port, containerPort }) => name ?? String(port ?? containerPort)).join(', ')
}

function portsOf({ spec }: KubeObject): readonly NamedPort[] {
  const { ports, containers } = spec as { readonly ports?: readonly NamedPort[]; readonly containers?: readonly { readonly ports?: readonly NamedPort[] }[] }
  return ports ?? containers?.flatMap((container) => container.ports ?? []) ?? []
}
