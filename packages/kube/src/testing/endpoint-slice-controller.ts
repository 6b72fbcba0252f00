import { valueAt } from '../json-pointer.ts'
import type { KubeObject, StringMap } from '../object.ts'
import { selects } from '../selector.ts'
import type { Controller, ControllerAccess } from './fake-controllers.ts'

/** Does what the EndpointSlice controller does: one slice per Service with all Pods its selector selects, carrying the Service's labels. */
export function endpointSliceController(): Controller {
  return ({ object, type }, cluster) => {
    if (object.kind === 'Service' && type !== 'DELETED') return reconcile(cluster.find(object), cluster)
    if (object.kind !== 'Pod') return
    for (const service of cluster.all('Service', object.metadata.namespace)) reconcile(service, cluster)
  }
}

function reconcile(service: KubeObject | undefined, cluster: ControllerAccess): void {
  const selector = valueAt(service, ['spec', 'selector']) as StringMap | undefined
  if (service === undefined || selector === undefined || selector === null || Object.keys(selector).length === 0) return
  const { name, namespace, uid = '', labels } = service.metadata
  const pods = cluster
    .all('Pod', namespace)
    .filter((pod) => selects({ matchLabels: selector }, pod.metadata.labels) && valueAt(pod, ['status', 'podIP']) !== undefined)
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-slice`,
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...labels, 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name, uid, controller: true }],
    },
    addressType: 'IPv4',
    endpoints: pods.map(endpointOf),
    ports: (valueAt(service, ['spec', 'ports']) as readonly unknown[] | undefined) ?? [],
  }
  const { uid: _uid, ...existing } = cluster.find(slice)?.metadata ?? { uid: '' }
  cluster.put({ ...slice, metadata: { ...existing, ...slice.metadata } })
}

function endpointOf(pod: KubeObject): unknown {
  const ready = valueAt(pod, ['status', 'conditions', 0, 'status']) === 'True'
  const terminating = pod.metadata.deletionTimestamp !== undefined
  return {
    addresses: [valueAt(pod, ['status', 'podIP'])],
    conditions: { ready: ready && !terminating, serving: ready, terminating },
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid },
  }
}
