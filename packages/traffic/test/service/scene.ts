import { isFault, type Fault } from '@fairlead/base'
import type { ManualClock } from '@fairlead/base/testing'
import { knownResourceNamed, type KubeObject, type ObjectReference, type StringMap } from '@fairlead/kube'
import { FakeCluster, endpointSliceController } from '@fairlead/kube/testing'
import { LABELS, SLICE_CONTROLLER, SLICE_LABELS } from '../../src/index.ts'

export const BASE = { app: 'web' }
export const BLUE = { ...BASE, [LABELS.slot]: 'blue' }
export const GREEN = { ...BASE, [LABELS.slot]: 'green' }
export const WEB: ObjectReference = { resource: resource('Service'), namespace: 'shop', name: 'web' }

/** A Service called web, without a namespace's help. */
export function service(spec: object = {}, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', ...metadata },
    spec: { selector: BLUE, ipFamilies: ['IPv4'], ...spec },
  }
}

/** A ready Pod; its uid is its name with `uid-` before it. */
export function pod(name: string, labels: StringMap, owner?: string): KubeObject {
  const ownerReferences =
    owner === undefined ? {} : { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }] }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', uid: `uid-${name}`, labels, ...ownerReferences },
    status: { podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
  }
}

/** A slice as the controller writes it; endpoints are names of Pods, or endpoints written out. */
export function slice(move: string | undefined, endpoints: readonly (string | object)[], more: SliceMore = {}): KubeObject {
  const { name = 'web-x7k2p', family = 'IPv4', managedBy = SLICE_CONTROLLER } = more
  const labels = { [SLICE_LABELS.service]: 'web', [SLICE_LABELS.managedBy]: managedBy, ...(move === undefined ? {} : { [LABELS.move]: move }) }
  const made = { addressType: family, endpoints: endpoints.map((each) => (typeof each === 'string' ? endpoint(each) : each)) }
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name, namespace: 'shop', labels }, ...made }
}

export interface SliceMore {
  readonly name?: string
  readonly family?: string
  readonly managedBy?: string
}

/** The endpoint of a Pod, with conditions as the API may leave them out. */
export function endpoint(name: string, conditions: object = { ready: true, serving: true, terminating: false }): object {
  return { addresses: ['10.0.0.1'], conditions, targetRef: { kind: 'Pod', namespace: 'shop', name, uid: `uid-${name}` } }
}

/** A cluster with Service web on blue, two Pods in each slot, and what keeps its slice. */
export async function shop(clock: ManualClock, Kind: typeof FakeCluster = FakeCluster): Promise<FakeCluster> {
  const cluster = new Kind({ clock, namespaces: ['shop'] })
  cluster.control(endpointSliceController())
  cluster.seed(pod('blue-1', BLUE), pod('blue-2', BLUE), pod('green-1', GREEN), pod('green-2', GREEN))
  await cluster.create(service(), { manager: 'kubectl-create' })
  return cluster
}

export async function readWeb(cluster: Pick<FakeCluster, 'get'>): Promise<KubeObject> {
  const found = await cluster.get(WEB)
  if (found === undefined) throw new Error('Service shop/web: expected it to be there')
  return found
}

/** The Fault that something ends with; anything else is thrown. */
export async function faultOf(promise: Promise<unknown>): Promise<Pick<Fault, 'code' | 'message' | 'hint'>> {
  const error = await promise.then(
    (value) => new Error(`expected a Fault, got ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  )
  if (!isFault(error)) throw error
  return error
}

export function resource(name: string): ObjectReference['resource'] {
  const found = knownResourceNamed(name)
  if (found === undefined) throw new Error(`${name}: expected a known kind`)
  return found
}
