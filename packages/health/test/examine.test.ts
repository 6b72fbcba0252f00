import { describe, expect, test } from 'vitest'
import { examinePod } from '../src/judging/examine.ts'
import { UNTIL_DEADLINE } from '../src/judging/finding.ts'
import { rememberPods } from '../src/judging/history.ts'
import { fixture, fixtureNames } from './fixture.ts'

interface Expected {
  readonly cause: string
  readonly says: string
  readonly patience: number
  readonly field?: string
  readonly log?: 'previous' | 'present'
}

/** What each Pod shows at first sight. A Pod may show several signs; the order of causes picks one. */
const EXPECTED: Readonly<Record<string, readonly Expected[]>> = {
  'pod-command-not-found': [
    {
      cause: 'container-create',
      says: 'container "web" cannot be started: error during container init: exec: "/shopp": stat /shopp: no such file or directory',
      patience: 0,
      field: 'containers.web.command',
    },
  ],
  'pod-completed': [],
  'pod-config-map-missing': [
    { cause: 'missing-config', says: 'container "web" needs ConfigMap "shop-config", which does not exist', patience: 5000, field: 'containers.web.envFrom.0' },
  ],
  'pod-crash-loop': [{ cause: 'crash', says: 'container "web" exited with code 1, twice', patience: 0, field: 'containers.web', log: 'previous' }],
  'pod-crash-loop-exit-zero': [
    {
      cause: 'crash',
      says: 'container "web" exited with code 0 (it ended without an error, but is expected to keep running), 4 times',
      patience: 0,
      field: 'containers.web',
      log: 'previous',
    },
  ],
  'pod-crash-loop-segfault': [
    {
      cause: 'crash',
      says: 'container "web" exited with code 139 (SIGSEGV: it accessed memory it must not), 6 times',
      patience: 0,
      field: 'containers.web',
      log: 'previous',
    },
  ],
  'pod-crashed-once': [{ cause: 'crash', says: 'container "web" exited with code 1', patience: UNTIL_DEADLINE, field: 'containers.web', log: 'present' }],
  'pod-creating': [],
  'pod-evicted': [
    {
      cause: 'eviction',
      says: 'was put out by its node: Evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: 52Mi. Container web was using 480Mi, request is 32Mi, has larger consumption of memory',
      patience: UNTIL_DEADLINE,
    },
  ],
  'pod-failed': [{ cause: 'crash', says: 'container "web" exited with code 3', patience: UNTIL_DEADLINE, field: 'containers.web', log: 'present' }],
  'pod-image-back-off': [
    {
      cause: 'image-pull',
      says: 'image "127.0.0.1:5000/shop:9" of container "web" cannot be pulled: 127.0.0.1:5000/shop:9: not found',
      patience: 0,
      field: 'containers.web.image',
    },
  ],
  'pod-image-name-invalid': [
    { cause: 'image-pull', says: 'image "Shop:latest:1" of container "web" has a name that is no image reference', patience: 0, field: 'containers.web.image' },
  ],
  'pod-image-never-pull': [
    {
      cause: 'image-pull',
      says: 'image "127.0.0.1:5000/shop:1" of container "web" is not on the node, and imagePullPolicy Never forbids to pull it',
      patience: 0,
      field: 'containers.web.image',
    },
  ],
  'pod-image-not-found': [
    {
      cause: 'image-pull',
      says: 'image "127.0.0.1:5000/shop:9" of container "web" cannot be pulled: 127.0.0.1:5000/shop:9: not found',
      patience: 0,
      field: 'containers.web.image',
    },
  ],
  'pod-image-registry-away': [
    {
      cause: 'image-pull',
      says: 'image "registry.shop.example/shop:1" of container "web" cannot be pulled: failed to do request: Head "https://registry.shop.example/v2/shop/manifests/1": dial tcp: lookup registry.shop.example on 10.96.0.10:53: no such host',
      patience: UNTIL_DEADLINE,
      field: 'containers.web.image',
    },
  ],
  'pod-init-crash-loop': [
    {
      cause: 'init-container',
      says: 'init container "migrate" exited with code 2, 3 times, so the Pod never starts',
      patience: 0,
      field: 'initContainers.migrate',
      log: 'previous',
    },
  ],
  'pod-init-failed-for-good': [
    {
      cause: 'init-container',
      says: 'init container "migrate" exited with code 2, so the Pod never starts',
      patience: 0,
      field: 'initContainers.migrate',
      log: 'present',
    },
  ],
  'pod-initializing': [],
  'pod-liveness-killed-twice': [
    {
      cause: 'probe',
      says: 'container "web" fails its liveness probe: HTTP probe failed with statuscode: 500, and was killed for it twice',
      patience: 0,
      field: 'containers.web.livenessProbe',
      log: 'previous',
    },
  ],
  'pod-node-lost': [{ cause: 'node-lost', says: 'its node node-1 does not answer any more', patience: UNTIL_DEADLINE }],
  'pod-not-ready': [
    {
      cause: 'probe',
      says: 'container "web" fails its readiness probe: HTTP probe failed with statuscode: 503',
      patience: UNTIL_DEADLINE,
      field: 'containers.web.readinessProbe',
      log: 'present',
    },
  ],
  'pod-out-of-memory': [
    {
      cause: 'out-of-memory',
      says: 'container "web" was killed for using more memory than its limit of 64Mi (OOMKilled), 3 times',
      patience: 0,
      field: 'containers.web.resources.limits.memory',
      log: 'previous',
    },
    { cause: 'crash', says: 'container "web" exited with code 137 (SIGKILL: it was killed), 3 times', patience: 0, field: 'containers.web', log: 'previous' },
  ],
  'pod-ready': [],
  'pod-restarted-long-ago': [],
  'pod-running-to-completion': [],
  'pod-runs-as-root': [
    {
      cause: 'container-create',
      says: 'container "web" cannot be started: container has runAsNonRoot and image will run as root (pod: "web-6d5f8c9b7-x2x4k_shop(00000011-1111-4222-8333-444455556666)", container: web)',
      patience: 0,
      field: 'containers.web.securityContext',
    },
  ],
  'pod-scheduling-gated': [{ cause: 'unschedulable', says: 'is held back by its scheduling gates', patience: UNTIL_DEADLINE, field: 'schedulingGates' }],
  'pod-secret-key-missing': [
    {
      cause: 'missing-config',
      says: 'container "web" needs key "url" of Secret "shop-db", which has no such key',
      patience: 5000,
      field: 'containers.web.env.DB',
    },
  ],
  'pod-sidecar-crash-loop': [
    { cause: 'crash', says: 'container "proxy" exited with code 1, 3 times', patience: 0, field: 'initContainers.proxy', log: 'previous' },
  ],
  'pod-startup-probe-failing': [
    {
      cause: 'probe',
      says: 'container "web" fails its startup probe: Get "http://10.244.0.7:8080/started": dial tcp 10.244.0.7:8080: connect: connection refused',
      patience: UNTIL_DEADLINE,
      field: 'containers.web.startupProbe',
      log: 'present',
    },
  ],
  'pod-unschedulable': [
    { cause: 'unschedulable', says: 'cannot be scheduled: the only node does not fit: Insufficient cpu', patience: 30000, field: 'containers' },
  ],
  'pod-unschedulable-no-scale-up': [
    {
      cause: 'unschedulable',
      says: "cannot be scheduled: none of 3 nodes fits: 1 node(s) had untolerated taint {dedicated: gpu}, 2 node(s) didn't match Pod's node affinity/selector (NotTriggerScaleUp: pod didn't trigger scale-up: 1 max node group size reached)",
      patience: 30000,
      field: 'nodeSelector',
    },
  ],
  'pod-unschedulable-while-scaling-up': [
    {
      cause: 'unschedulable',
      says: 'cannot be scheduled: none of 3 nodes fits: 3 Insufficient memory (TriggeredScaleUp: pod triggered scale-up: [{https://content.example/zones/a/instanceGroups/pool-1 3->4 (max: 10)}])',
      patience: UNTIL_DEADLINE,
      field: 'containers',
    },
  ],
  'pod-volume-config-missing': [
    { cause: 'missing-config', says: 'volume "config" needs ConfigMap "shop-files", which does not exist', patience: 5000, field: 'volumes.config' },
  ],
  'pod-volume-not-attached': [
    {
      cause: 'volume',
      says: 'its volumes are not ready: AttachVolume.Attach failed for volume "pvc-1" : rpc error: code = DeadlineExceeded desc = volume is attached to another node',
      patience: UNTIL_DEADLINE,
      field: 'volumes.pvc-1',
    },
  ],
}

describe('examinePod', () => {
  test.each(Object.entries(EXPECTED))('reads %s', (name, expected) => {
    const { object, around } = fixture(name)
    const found = examinePod(object, around, rememberPods(new Map(), [object], 0))
    const plain = found.map(({ finding: { cause, says, patience, field, log } }) => ({
      cause,
      says,
      patience,
      ...(field === undefined ? {} : { field: field.join('.') }),
      ...(log === undefined ? {} : { log: log.previous ? 'previous' : 'present' }),
    }))
    expect(plain).toEqual(expected)
  })

  test('is tested with every Pod', () => {
    expect(Object.keys(EXPECTED).toSorted()).toEqual(
      fixtureNames()
        .filter((name) => name.startsWith('pod-'))
        .toSorted(),
    )
  })
})
