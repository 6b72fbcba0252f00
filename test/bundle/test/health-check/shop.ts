import type { KubeObject } from '@fairlead/kube'

/** The manifest that scenarios judge, as a user has it in the repository. */
export const MANIFEST = `# what we ship
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: registry.example/web:1.9
          env:
            - name: CURRENCY
              valueFrom:
                configMapKeyRef: { name: currency, key: symbol }
`

export interface PodState {
  readonly ready?: boolean
  readonly state?: unknown
  readonly lastState?: unknown
  readonly restartCount?: number
}

const SINCE = '2026-11-21T02:59:00Z'

/** A Deployment of two replicas with its ReplicaSet and Pods, as the API server holds them. */
export function shop(pods: PodState): readonly KubeObject[] {
  const ready = pods.ready === true ? 2 : 0
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'registry.example/web:1.9' }] } }
  const counts = { replicas: 2, observedGeneration: 3, ...(ready > 0 ? { readyReplicas: 2, availableReplicas: 2 } : {}) }
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop', uid: 'deployment-1', generation: 3, annotations: { 'deployment.kubernetes.io/revision': '7' } },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
    status: { ...counts, updatedReplicas: 2, unavailableReplicas: 2 - ready },
  }
  const replicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'web-abc',
      namespace: 'shop',
      uid: 'replicaset-1',
      generation: 3,
      annotations: { 'deployment.kubernetes.io/revision': '7' },
      labels: { app: 'web', 'pod-template-hash': 'abc' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'deployment-1', controller: true }],
    },
    spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
    status: { ...counts, fullyLabeledReplicas: 2 },
  }
  return [deployment, replicaSet, pod('web-abc-1', pods), pod('web-abc-2', pods)]
}

function pod(name: string, { ready = false, state = { running: { startedAt: SINCE } }, lastState = {}, restartCount = 0 }: PodState): KubeObject {
  const condition = (type: string, is: boolean) => ({ type, status: is ? 'True' : 'False', lastTransitionTime: SINCE })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-of-${name}`,
      labels: { app: 'web', 'pod-template-hash': 'abc' },
      creationTimestamp: SINCE,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-abc', uid: 'replicaset-1', controller: true }],
    },
    spec: { containers: [{ name: 'web', image: 'registry.example/web:1.9', ports: [{ containerPort: 8080 }] }], nodeName: 'node1' },
    status: {
      phase: 'Running',
      startTime: SINCE,
      conditions: [condition('PodScheduled', true), condition('Initialized', true), condition('ContainersReady', ready), condition('Ready', ready)],
      containerStatuses: [{ name: 'web', image: 'registry.example/web:1.9', imageID: '', ready, started: ready, restartCount, state, lastState }],
    },
  }
}

/** An Event about a Pod. */
export function event(podName: string, reason: string, message: string): KubeObject {
  const body = {
    involvedObject: { kind: 'Pod', namespace: 'shop', name: podName, uid: `uid-of-${podName}` },
    reason,
    message,
    type: 'Warning',
    count: 1,
    lastTimestamp: SINCE,
  }
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${podName}.${reason.toLowerCase()}`, namespace: 'shop' },
    ...body,
  }
}
