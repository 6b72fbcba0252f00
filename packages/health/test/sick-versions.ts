import type { KubeObject } from '@fairlead/kube'
import type { Cause } from '../src/index.ts'

/** A version of the sample application, and what is to be said about it. */
export interface Version {
  readonly name: string
  /** Absent for the healthy one. */
  readonly cause?: Cause
  readonly deployment: KubeObject
  readonly says: RegExp
  readonly log?: RegExp
  readonly timeout?: number
  readonly quota?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
}

const IMAGE = '127.0.0.1:5000/shop:1'
const PROBE = { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 1, failureThreshold: 1 }

/** The six sick versions of the specification, some more, and a healthy one. */
export const sickVersions: readonly Version[] = [
  {
    name: 'a healthy version',
    deployment: shop({}),
    says: /^$/,
  },
  {
    name: 'a missing image',
    cause: 'image-pull',
    deployment: shop({ image: '127.0.0.1:5000/shop:no-such-tag' }),
    says: /image "127\.0\.0\.1:5000\/shop:no-such-tag" of container "shop" cannot be pulled: 127\.0\.0\.1:5000\/shop:no-such-tag: not found$/,
  },
  {
    name: 'a crash on start',
    cause: 'crash',
    deployment: shop({
      env: [
        { name: 'CRASH_AFTER', value: '100ms' },
        { name: 'EXIT_CODE', value: '3' },
      ],
    }),
    says: /container "shop" exited with code 3, twice$/,
    log: /cannot open database/,
  },
  {
    name: 'a missing ConfigMap',
    cause: 'missing-config',
    deployment: shop({ envFrom: [{ configMapRef: { name: 'no-such-config' } }] }),
    says: /container "shop" needs ConfigMap "no-such-config", which does not exist$/,
  },
  {
    name: 'a missing ConfigMap of a volume',
    cause: 'missing-config',
    deployment: shop({ volumeMounts: [{ name: 'config', mountPath: '/config' }] }, { volumes: [{ name: 'config', configMap: { name: 'no-such-config' } }] }),
    says: /volume "config" needs ConfigMap "no-such-config", which does not exist$/,
  },
  {
    name: 'a failing readiness probe',
    cause: 'probe',
    deployment: shop({ readinessProbe: { ...PROBE, httpGet: { path: '/no-such-page', port: 'http' } } }),
    says: /container "shop" fails its readiness probe: HTTP probe failed with statuscode: 404$/,
    timeout: 15_000,
  },
  {
    name: 'a failing liveness probe',
    cause: 'probe',
    deployment: shop({
      livenessProbe: { ...PROBE, httpGet: { path: '/no-such-page', port: 'http' } },
      readinessProbe: { ...PROBE, httpGet: { path: '/no-such-page', port: 'http' } },
    }),
    says: /container "shop" fails its liveness probe: HTTP probe failed with statuscode: 404, and was killed for it twice$/,
  },
  {
    name: 'a quota',
    cause: 'quota',
    deployment: shop({ resources: { requests: { cpu: '500m' } } }),
    says: /its Pods are refused by ResourceQuota "compute": requests\.cpu 500m requested, 0 of 100m used$/,
    quota: { 'requests.cpu': '100m' },
  },
  {
    name: 'a Pod that fits no node',
    cause: 'unschedulable',
    deployment: shop({ resources: { requests: { cpu: '4096' } } }),
    says: /cannot be scheduled: the only node does not fit: Insufficient cpu$/,
  },
  {
    name: 'Pod Security',
    cause: 'admission',
    deployment: shop({ securityContext: { privileged: true } }),
    says: /its Pods are refused: violates PodSecurity "restricted:latest"/,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
  },
  {
    name: 'a command that is not there',
    cause: 'container-create',
    deployment: shop({ command: ['/no-such-command'] }),
    says: /container "shop" cannot be started: .*no-such-command.*no such file or directory/,
  },
  {
    name: 'an init container that fails',
    cause: 'init-container',
    deployment: shop(
      {},
      {
        initContainers: [
          {
            name: 'migrate',
            image: IMAGE,
            env: [
              { name: 'CRASH_AFTER', value: '100ms' },
              { name: 'EXIT_CODE', value: '7' },
            ],
          },
        ],
      },
    ),
    says: /init container "migrate" exited with code 7, twice, so the Pod never starts$/,
    log: /cannot open database/,
  },
  {
    name: 'memory',
    cause: 'out-of-memory',
    deployment: shop({
      env: [{ name: 'LEAK', value: '64' }],
      resources: { limits: { memory: '32Mi' } },
      readinessProbe: { ...PROBE, initialDelaySeconds: 60 },
    }),
    says: /container "shop" was killed for using more memory than its limit of 32Mi \(OOMKilled\), twice$/,
  },
]

/** A Deployment of the sample application with one replica. */
function shop(container: object, pod: object = {}): KubeObject {
  const labels = { app: 'shop' }
  const shop = { name: 'shop', image: IMAGE, ports: [{ name: 'http', containerPort: 8080 }], readinessProbe: PROBE, ...container }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, ...pod, containers: [shop] } },
    },
  }
}
