import { describe, expect, test } from 'vitest'
import type { KubeObject } from '@fairlead/kube'
import { runtimeWords } from '../src/causes/container-create.ts'
import { findImagePull, registryWords } from '../src/causes/image-pull.ts'
import { missingObject } from '../src/causes/missing-config.ts'
import { findAdmission, findQuota } from '../src/causes/refusal.ts'
import { schedulerWords } from '../src/causes/unschedulable.ts'
import { exitCodeText } from '../src/reading/exit-code.ts'
import { observedPodOf, UNTIL_DEADLINE } from '../src/judging/finding.ts'

const IMAGE = 'registry.example/shop:9'

function pulling(message: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'shop', uid: 'p1' },
    spec: { containers: [{ name: 'web', image: IMAGE }] },
    status: { phase: 'Pending', containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: { waiting: { reason: 'ErrImagePull', message } } }] },
  }
}

const NOT_FOUND = 'Push the image, or correct its reference.'
const DENIED = 'Check that the image exists, and give the Pod an imagePullSecret that may read it.'
const OUT_OF_REACH = 'Check that the nodes can reach the registry.'

describe('findImagePull', () => {
  const cases = [
    {
      name: 'containerd: no such tag',
      message: `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`,
      words: `${IMAGE}: not found`,
      hint: NOT_FOUND,
    },
    {
      name: 'containerd 2: no such tag',
      message: `failed to pull and unpack image "${IMAGE}": failed to resolve image "${IMAGE}": ${IMAGE}: not found`,
      words: `${IMAGE}: not found`,
      hint: NOT_FOUND,
    },
    {
      name: 'containerd: no such repository',
      message: `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
      words: 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      hint: DENIED,
    },
    {
      name: 'containerd: anonymous token refused',
      message: `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://registry.example/token: 403 Forbidden`,
      words: 'failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://registry.example/token: 403 Forbidden',
      hint: DENIED,
    },
    {
      name: 'docker: no such manifest',
      message: `rpc error: code = Unknown desc = Error response from daemon: manifest for ${IMAGE} not found: manifest unknown: manifest unknown`,
      words: `manifest for ${IMAGE} not found: manifest unknown: manifest unknown`,
      hint: NOT_FOUND,
    },
    {
      name: 'docker: denied',
      message:
        "rpc error: code = Unknown desc = Error response from daemon: pull access denied for shop, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      words: "pull access denied for shop, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
      hint: DENIED,
    },
    {
      name: 'cri-o: no such manifest',
      message: 'reading manifest 9 in registry.example/shop: manifest unknown',
      words: 'reading manifest 9 in registry.example/shop: manifest unknown',
      hint: NOT_FOUND,
    },
    {
      name: 'cri-o: wrong password',
      message: 'unable to retrieve auth token: invalid username/password: unauthorized',
      words: 'unable to retrieve auth token: invalid username/password: unauthorized',
      hint: DENIED,
    },
    {
      name: 'new kubelets: back-off with the reason',
      message: `Back-off pulling image "${IMAGE}": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`,
      words: `${IMAGE}: not found`,
      hint: NOT_FOUND,
    },
    {
      name: 'no such platform',
      message: `failed to pull and unpack image "${IMAGE}": no match for platform in manifest: not found`,
      words: 'no match for platform in manifest: not found',
      hint: 'Build the image for the platform of the nodes.',
    },
  ]
  test.each(cases)('is certain at once: $name', ({ message, words, hint }) => {
    const finding = findImagePull(observedPodOf(pulling(message), []))
    expect(finding).toEqual({
      cause: 'image-pull',
      says: `image "${IMAGE}" of container "web" cannot be pulled: ${words}`,
      patience: 0,
      container: 'web',
      events: [],
      field: ['containers', 'web', 'image'],
      hint,
    })
  })

  const passing = [
    {
      name: 'unknown host',
      message: `failed to do request: Head "https://registry.example/v2/shop/manifests/9": dial tcp: lookup registry.example on 10.96.0.10:53: no such host`,
    },
    { name: 'refused connection', message: 'failed to do request: Head "https://registry.example/v2/": dial tcp 192.0.2.1:443: connect: connection refused' },
    { name: 'time-out', message: 'failed to do request: Head "https://registry.example/v2/": dial tcp 192.0.2.1:443: i/o timeout' },
    {
      name: 'rate limit',
      message:
        'failed to copy: httpReadSeeker: failed open: unexpected status code 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit',
    },
    {
      name: 'a registry that is down',
      message: 'failed to resolve reference: unexpected status from HEAD request to https://registry.example/v2/: 503 Service Unavailable',
    },
    {
      name: 'a registry that is down, whatever else it says',
      message: 'unexpected status from GET request to https://registry.example/token: 503 Service Unavailable: backend not found',
    },
    { name: 'an unlisted reason', message: 'something new' },
  ]
  test.each(passing)('leaves to the deadline: $name', ({ message }) => {
    const finding = findImagePull(observedPodOf(pulling(message), []))
    expect({ patience: finding?.patience, hint: finding?.hint }).toEqual({ patience: UNTIL_DEADLINE, hint: OUT_OF_REACH })
  })

  test('waits for words where a back-off of an old kubelet gives none', () => {
    expect(registryWords(`Back-off pulling image "${IMAGE}"`)).toBe('')
    expect(findImagePull(observedPodOf(pulling(`Back-off pulling image "${IMAGE}"`), []))?.patience).toBe(UNTIL_DEADLINE)
  })
})

describe('missingObject', () => {
  test.each([
    ['configmap "shop-config" not found', { kind: 'ConfigMap', name: 'shop-config' }],
    ['secret "shop-db" not found', { kind: 'Secret', name: 'shop-db' }],
    ['MountVolume.SetUp failed for volume "tls" : secret "shop-tls" not found', { kind: 'Secret', name: 'shop-tls' }],
    ["couldn't find key url in Secret shop/shop-db", { kind: 'Secret', name: 'shop-db', key: 'url' }],
    ["couldn't find key LEVEL in ConfigMap shop/shop-config", { kind: 'ConfigMap', name: 'shop-config', key: 'LEVEL' }],
    ['failed to sync configmap cache: timed out waiting for the condition', undefined],
    ['container has runAsNonRoot and image will run as root', undefined],
  ])('reads %s', (message, expected) => {
    expect(missingObject(message)).toEqual(expected)
  })
})

describe('runtimeWords', () => {
  test('keeps the last clause of what runc says', () => {
    const message =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "shopp": executable file not found in $PATH: unknown'
    expect(runtimeWords(message)).toBe('exec: "shopp": executable file not found in $PATH')
    expect(runtimeWords('context deadline exceeded')).toBe('context deadline exceeded')
  })
})

describe('schedulerWords', () => {
  test.each([
    [
      '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
      'the only node does not fit: Insufficient cpu',
    ],
    [
      '0/3 nodes are available: 1 node(s) had untolerated taint {a: b}, 2 Insufficient memory. no new claims to deallocate, preemption: 0/3 nodes are available.',
      'none of 3 nodes fits: 1 node(s) had untolerated taint {a: b}, 2 Insufficient memory',
    ],
    ['persistentvolumeclaim "data" not found', 'persistentvolumeclaim "data" not found'],
    [
      '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
      'the only node does not fit: pod has unbound immediate PersistentVolumeClaims',
    ],
    ['', 'the scheduler gives no reason'],
  ])('shortens %s', (message, expected) => {
    expect(schedulerWords(message)).toBe(expected)
  })
})

describe('exitCodeText', () => {
  test.each([
    [1, '1'],
    [0, '0 (it ended without an error, but is expected to keep running)'],
    [126, '126 (the command cannot be executed)'],
    [127, '127 (the command was not found)'],
    [134, '134 (SIGABRT)'],
    [137, '137 (SIGKILL: it was killed)'],
    [139, '139 (SIGSEGV: it accessed memory it must not)'],
    [143, '143 (SIGTERM: it was asked to stop)'],
  ])('explains %d', (code, expected) => {
    expect(exitCodeText(code)).toBe(expected)
  })
})

describe('findQuota and findAdmission', () => {
  const creator: KubeObject = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-1', namespace: 'shop' } }
  const cases = [
    {
      name: 'compute quota',
      message:
        'pods "web-1-x" is forbidden: exceeded quota: compute, requested: requests.cpu=500m,requests.memory=1Gi, used: requests.cpu=800m,requests.memory=0, limited: requests.cpu=1,requests.memory=1Gi',
      expected: [
        'quota',
        'its Pods are refused by ResourceQuota "compute": requests.cpu 500m requested, 800m of 1 used; requests.memory 1Gi requested, 0 of 1Gi used',
        0,
        'containers',
      ],
    },
    {
      name: 'Pod count',
      message: 'pods "web-1-x" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2',
      expected: ['quota', 'its Pods are refused by ResourceQuota "few": pods 1 requested, 2 of 2 used', 0, undefined],
    },
    {
      name: 'unspecified limits',
      message: 'pods "web-1-x" is forbidden: failed quota: compute: must specify limits.cpu for: web; limits.memory for: web',
      expected: ['quota', 'its Pods are refused by ResourceQuota "compute": Pods must specify limits.cpu for: web; limits.memory for: web', 0, 'containers'],
    },
    {
      name: 'webhook',
      message: 'Error creating: admission webhook "policy.example.com" denied the request: images must be signed',
      expected: ['admission', 'its Pods are refused: webhook "policy.example.com" denied the request: images must be signed', 0, undefined],
    },
    {
      name: 'Pod Security',
      message: 'pods "web-1-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      expected: ['admission', 'its Pods are refused: violates PodSecurity "restricted:latest": runAsNonRoot != true', 0, 'securityContext'],
    },
    {
      name: 'limit range',
      message: 'pods "web-1-x" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
      expected: ['admission', 'its Pods are refused: maximum cpu usage per Container is 1, but limit is 2', 0, 'containers'],
    },
    {
      name: 'missing account, which may be applied next',
      message: 'pods "web-1-" is forbidden: error looking up service account shop/api: serviceaccount "api" not found',
      expected: ['admission', 'its Pods are refused: error looking up service account shop/api: serviceaccount "api" not found', 5_000, 'serviceAccountName'],
    },
    {
      name: 'a webhook that does not answer',
      message: 'Internal error occurred: failed calling webhook "policy.example.com": connection refused',
      expected: [
        'admission',
        'its Pods are refused: Internal error occurred: failed calling webhook "policy.example.com": connection refused',
        UNTIL_DEADLINE,
        undefined,
      ],
    },
  ]
  test.each(cases)('reads $name', ({ message, expected }) => {
    const refusal = { creator, message, events: [], patience: 0, makesRoom: false }
    const found = [findQuota(refusal), findAdmission(refusal)].filter((finding) => finding !== undefined)
    expect(found.map(({ cause, says, patience, field }) => [cause, says, patience, field?.join('.')])).toEqual([expected])
  })

  test('leaves to the deadline what its own Pods may make room for, and nothing else', () => {
    const refusal = { creator, events: [], patience: 0, makesRoom: true }
    expect(findQuota({ ...refusal, message: 'exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2' })?.patience).toBe(UNTIL_DEADLINE)
    expect(findAdmission({ ...refusal, message: 'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": privileged' })?.patience).toBe(0)
  })
})
