import { Fault } from '@fairlead/base'
import { knownResource, type Cluster, type KubeObject } from '@fairlead/kube'
import type { Respondent } from './run-checks.ts'

interface NamedPort {
  readonly name?: string
  readonly port?: number
  readonly containerPort?: number
}

/**
 * Finds the number of the port a respondent is asked on, where the API server's proxy does not find it by itself:
 * it knows no port names of Pods, and of a Service only a port without a name.
 * Answers the respondent as it is where nothing needs to be looked up. Throws INPUT_INVALID for a name that is not there.
 */
export async function withPort(respondent: Respondent, cluster: Cluster): Promise<Respondent> {
  const { check, where } = respondent
  const { port } = check
  if (where.type === 'url' || typeof port === 'number' || (where.target === 'pods' && port === undefined)) return respondent
  const resource = knownResource({ apiVersion: 'v1', kind: where.target === 'pods' ? 'Pod' : 'Service' })
  const object = resource === undefined ? undefined : await cluster.get({ resource, namespace: where.namespace, name: where.name })
  // One that is gone by now is asked all the same: the answer says so.
  if (object === undefined) return respondent
  const ports = portsOf(object)
  const found = port === undefined ? ports[0] : ports.find(({ name }) => name === port)
  const number = found?.port ?? found?.containerPort
  if (number !== undefined) return { ...respondent, check: { ...check, port: number } }
  const names = ports.map((each) => each.name ?? String(each.port ?? each.containerPort)).join(', ')
  throw new Fault('INPUT_INVALID', `${respondent.name}: has no port ${port === undefined ? 'at all' : `named "${port}"`}, expected one of its own, got ${names === '' ? 'none' : names}`, {
    hint: 'Give the number of the port in the check.',
  })
}

function portsOf({ spec }: KubeObject): readonly NamedPort[] {
  const { ports, containers } = spec as { readonly ports?: readonly NamedPort[]; readonly containers?: readonly { readonly ports?: readonly NamedPort[] }[] }
  return ports ?? containers?.flatMap((container) => container.ports ?? []) ?? []
}
