/** One version of the sample application, and what the health check must find. */
export interface Version {
  readonly name: string
  /** What is wrong with it, for the reader. */
  readonly story: string
  /** The cause that must be named; absent for the healthy one. */
  readonly cause?: string
  /** How long to wait, where only the end of the wait makes it certain. */
  readonly timeout?: string
  /** Changes its Deployment. */
  readonly spoil: (container: Container, pod: PodSpec) => void
  /** Objects it needs beside its own. */
  readonly beside?: readonly object[]
}

/** The parts of a manifest that versions change. */
export interface Container {
  image: string
  env: object[]
  readinessProbe: { httpGet: { path: string } }
  resources: { requests: Record<string, string> }
}

export interface PodSpec {
  nodeSelector?: Record<string, string>
}

/** The sample application as it is, and six ways in which it goes wrong at night. */
export const VERSIONS: readonly Version[] = [
  { name: 'healthy', story: 'the version that works', spoil: () => undefined },
  {
    name: 'missing-image',
    story: 'a tag nobody pushed',
    cause: 'image-pull',
    spoil: (container) => {
      container.image = container.image.replace(/:[^:]*$/, ':never-pushed')
    },
  },
  {
    name: 'crash',
    story: 'the database does not answer at the start',
    cause: 'crash',
    spoil: (container) => container.env.push({ name: 'CRASH_AFTER', value: '100ms' }),
  },
  {
    name: 'missing-config',
    story: 'a ConfigMap nobody made',
    cause: 'missing-config',
    spoil: (container) => container.env.push({ name: 'CURRENCY', valueFrom: { configMapKeyRef: { name: 'shop-currency', key: 'symbol' } } }),
  },
  {
    name: 'failing-probe',
    story: 'a readiness probe that asks the wrong path',
    cause: 'probe',
    timeout: '15s',
    spoil: (container) => {
      container.readinessProbe.httpGet.path = '/redy'
    },
  },
  {
    name: 'quota',
    story: 'a namespace with room for no more Pods',
    cause: 'quota',
    spoil: () => undefined,
    beside: [{ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small' }, spec: { hard: { pods: '1' } } }],
  },
  {
    name: 'unschedulable',
    story: 'a kind of node the cluster does not have',
    cause: 'unschedulable',
    spoil: (_, pod) => {
      pod.nodeSelector = { 'node.example.com/gpu': 'true' }
    },
  },
]
