import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from '@fairlead/kube'
import { assess, surroundingsOf, type Assessment } from '../src/index.ts'
import { fixture, fixtureNames } from './fixture.ts'

const EXPECTED: Readonly<Record<string, Assessment>> = {
  'admission-policy-not-observed': { status: 'Progressing', message: 'its controller has not observed generation 2 yet, got 1' },
  'api-service-available': { status: 'Healthy', message: 'Available' },
  'api-service-new': { status: 'Progressing', message: 'its controller has not said yet whether it is Available' },
  'api-service-unavailable': {
    status: 'Progressing',
    message: 'Available is False: endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
  },
  'autoscaler-able': { status: 'Healthy', message: 'able to scale' },
  'autoscaler-new': { status: 'Progressing', message: 'its controller has not looked at it yet' },
  'autoscaler-not-observed': { status: 'Progressing', message: 'its controller has not observed generation 2 yet, got 1' },
  'autoscaler-of-version-one': { status: 'Degraded', message: 'ScalingActive is False: failed to get cpu utilization' },
  'autoscaler-of-zero-replicas': { status: 'Healthy', message: 'able to scale' },
  'autoscaler-without-metrics': {
    status: 'Degraded',
    message: 'ScalingActive is False: the HPA was unable to compute the replica count: failed to get cpu utilization',
  },
  'config-map-present': { status: 'Healthy', message: 'exists' },
  'cron-job-scheduled': { status: 'Healthy', message: 'is scheduled; its Jobs are not looked at' },
  'cron-job-suspended': { status: 'Suspended', message: 'is suspended: it starts no Jobs' },
  'custom-resource-condition-of-earlier-generation': { status: 'Progressing', message: 'none of its conditions is of its newest generation yet' },
  'custom-resource-definition-established': { status: 'Healthy', message: 'established' },
  'custom-resource-definition-name-conflict': { status: 'Degraded', message: 'its names are taken: "widgets" is already in use', doomed: 'failed' },
  'custom-resource-definition-new': { status: 'Progressing', message: 'is not established yet' },
  'custom-resource-degraded': { status: 'Degraded', message: 'Degraded is True: 2 of 3 members are down' },
  'custom-resource-failed-phase': { status: 'Degraded', message: 'its phase is Failed' },
  'custom-resource-not-observed': { status: 'Progressing', message: 'its controller has not observed generation 2 yet, got 1' },
  'custom-resource-not-ready': { status: 'Progressing', message: 'Ready is False: Issuing certificate as Secret does not exist' },
  'custom-resource-observed-as-hash': { status: 'Healthy', message: 'Healthy is True' },
  'custom-resource-observed-as-text': { status: 'Progressing', message: 'its controller has not observed generation 2 yet, got 1' },
  'custom-resource-progressing-done': { status: 'Healthy', message: 'Available is True' },
  'custom-resource-ready': { status: 'Healthy', message: 'Ready is True' },
  'custom-resource-reconciling': { status: 'Progressing', message: 'Reconciling is True: building manifests' },
  'custom-resource-stalled': { status: 'Degraded', message: 'Stalled is True: path not found: ./deploy', doomed: 'failed' },
  'custom-resource-unknown-conditions': { status: 'Healthy', message: 'exists; none of its conditions tells whether it is ready (Synced)', settles: true },
  'custom-resource-without-status': { status: 'Healthy', message: 'exists; it has no conditions that would tell more', settles: true },
  'daemon-set-healthy': { status: 'Healthy', message: '3 of 3 Pods available', settles: true },
  'daemon-set-pods-gone': { status: 'Progressing', message: '0 of 3 Pods available' },
  'daemon-set-no-node': { status: 'Degraded', message: 'has no Pods because no node matches', doomed: 'no-replicas' },
  'daemon-set-not-observed': { status: 'Progressing', message: 'its controller has not observed generation 2 yet, got 1' },
  'daemon-set-on-delete': { status: 'Suspended', message: '1 of 3 Pods updated: with updateStrategy OnDelete the others stay until they are deleted' },
  'daemon-set-unavailable': { status: 'Progressing', message: '2 of 3 Pods available' },
  'daemon-set-updating': { status: 'Progressing', message: '1 of 3 Pods updated' },
  'deployment-being-deleted': { status: 'Missing', message: 'is being deleted' },
  'deployment-captured-command-missing': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-config-map-missing': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-crashing': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-healthy': { status: 'Healthy', message: '1 replica available, revision 1', settles: true },
  'deployment-captured-image-missing': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-init-failing': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-liveness-failing': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-out-of-memory': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-pod-security': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-probe-failing': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-quota-exceeded': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-unschedulable': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-captured-volume-config-missing': { status: 'Progressing', message: '0 of 1 replica available' },
  'deployment-foreign-replica-set': { status: 'Progressing', message: 'the ReplicaSet of revision 2 has not been seen yet' },
  'deployment-healthy': { status: 'Healthy', message: '3 replicas available, revision 2', settles: true },
  'deployment-healthy-min-ready-seconds': { status: 'Healthy', message: '3 replicas available, revision 2' },
  'deployment-new': { status: 'Progressing', message: 'its controller has not observed generation 1 yet, got 0' },
  'deployment-not-observed': { status: 'Progressing', message: 'its controller has not observed generation 3 yet, got 2' },
  'deployment-old-pods-left': { status: 'Progressing', message: '1 Pod of an earlier revision still to go' },
  'deployment-paused': { status: 'Suspended', message: 'is paused: changes of its template are not rolled out' },
  'deployment-quota': { status: 'Progressing', message: '0 of 2 replicas available' },
  'deployment-replica-set-not-observed': {
    status: 'Progressing',
    message: 'ReplicaSet web-6d5f8c9b7: its controller has not observed generation 2 yet, got 1',
  },
  'deployment-rolling': { status: 'Progressing', message: '1 of 3 replicas available' },
  'deployment-stale-deadline': { status: 'Progressing', message: '1 of 3 replicas available' },
  'deployment-stale-deadline-but-available': { status: 'Healthy', message: '3 replicas available, revision 2', settles: true },
  'deployment-terminating-pods': { status: 'Progressing', message: '2 of 3 replicas available' },
  'deployment-zero': { status: 'Degraded', message: 'has no Pods because replicas is 0', doomed: 'no-replicas' },
  'deployment-zero-with-pods-left': { status: 'Degraded', message: 'has no Pods because replicas is 0', doomed: 'no-replicas' },
  'disruption-budget-allowing': { status: 'Healthy', message: 'in force' },
  'disruption-budget-blocking': { status: 'Healthy', message: 'in force; it allows no eviction now' },
  'disruption-budget-new': { status: 'Progressing', message: 'its controller has not observed generation 1 yet, got 0' },
  'disruption-budget-not-observed': { status: 'Progressing', message: 'its controller has not observed generation 2 yet, got 1' },
  'gateway-class-not-accepted': { status: 'Progressing', message: 'Accepted is False: parametersRef Gateway/shop not found' },
  'gateway-not-programmed': { status: 'Progressing', message: 'Programmed is False: No addresses have been assigned to the Gateway' },
  'gateway-programmed': { status: 'Healthy', message: 'Accepted and Programmed' },
  'ingress-with-address': { status: 'Healthy', message: 'has an address' },
  'ingress-without-address': { status: 'Progressing', message: 'no controller has given it an address yet' },
  'job-complete': { status: 'Healthy', message: 'completed, 1 succeeded' },
  'job-failed': { status: 'Degraded', message: 'failed: Job has reached the specified backoff limit', doomed: 'failed' },
  'job-running': { status: 'Progressing', message: '0 of 1 completion, 2 failures' },
  'job-suspended': { status: 'Suspended', message: 'is suspended: it creates no Pods' },
  'namespace-active': { status: 'Healthy', message: 'active' },
  'namespace-terminating': { status: 'Missing', message: 'is being deleted' },
  'node-cordoned': { status: 'Suspended', message: 'is cordoned: it takes no new Pods' },
  'node-full-disk': { status: 'Degraded', message: 'DiskPressure is True: kubelet has disk pressure' },
  'node-lost': { status: 'Degraded', message: 'Ready is Unknown: Kubelet stopped posting node status' },
  'node-new': { status: 'Progressing', message: 'its kubelet has not said yet whether it is Ready' },
  'node-not-ready': { status: 'Degraded', message: 'Ready is False: container runtime network not ready: cni plugin not initialized' },
  'node-ready': { status: 'Healthy', message: 'ready' },
  'persistent-volume-available': { status: 'Healthy', message: 'is available' },
  'persistent-volume-bound': { status: 'Healthy', message: 'is bound' },
  'persistent-volume-claim-bound': { status: 'Healthy', message: 'bound to pvc-0a1b' },
  'persistent-volume-claim-failing': { status: 'Progressing', message: 'is not bound yet: storageclass.storage.k8s.io "standard" not found' },
  'persistent-volume-claim-lost': { status: 'Degraded', message: 'has lost its volume pvc-0a1b', doomed: 'failed' },
  'persistent-volume-claim-pending': { status: 'Progressing', message: 'is not bound yet' },
  'persistent-volume-claim-waiting': { status: 'Healthy', message: 'waits for the first Pod that uses it, as its storage class asks (WaitForFirstConsumer)' },
  'persistent-volume-failed': { status: 'Degraded', message: 'could not be reclaimed: host_path deleter only supports /tmp/.+ but received provided /data' },
  'persistent-volume-new': { status: 'Progressing', message: 'its phase is not known yet' },
  'persistent-volume-released': { status: 'Suspended', message: 'is released: its claim is gone, and it stays so until somebody frees it' },
  'persistent-volume-released-to-be-deleted': { status: 'Progressing', message: 'is released, and will be deleted' },
  'pod-command-not-found': { status: 'Degraded', message: 'container web: RunContainerError' },
  'pod-completed': { status: 'Healthy', message: 'completed' },
  'pod-config-map-missing': { status: 'Degraded', message: 'container web: CreateContainerConfigError' },
  'pod-crash-loop': { status: 'Degraded', message: 'container web: CrashLoopBackOff' },
  'pod-crash-loop-exit-zero': { status: 'Degraded', message: 'container web: CrashLoopBackOff' },
  'pod-crash-loop-segfault': { status: 'Degraded', message: 'container web: CrashLoopBackOff' },
  'pod-crashed-once': { status: 'Progressing', message: 'runs and is not ready: container web' },
  'pod-creating': { status: 'Progressing', message: 'waits for its containers to start' },
  'pod-evicted': {
    status: 'Degraded',
    message:
      'failed: Evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: 52Mi. Container web was using 480Mi, request is 32Mi, has larger consumption of memory',
    doomed: 'failed',
  },
  'pod-failed': { status: 'Degraded', message: 'failed: container web exited with code 3', doomed: 'failed' },
  'pod-image-back-off': { status: 'Degraded', message: 'container web: ImagePullBackOff' },
  'pod-image-name-invalid': { status: 'Degraded', message: 'container web: InvalidImageName' },
  'pod-image-never-pull': { status: 'Degraded', message: 'container web: ErrImageNeverPull' },
  'pod-image-not-found': { status: 'Degraded', message: 'container web: ErrImagePull' },
  'pod-image-registry-away': { status: 'Degraded', message: 'container web: ErrImagePull' },
  'pod-init-crash-loop': { status: 'Degraded', message: 'container migrate: CrashLoopBackOff' },
  'pod-init-failed-for-good': { status: 'Degraded', message: 'failed: container migrate exited with code 2', doomed: 'failed' },
  'pod-initializing': { status: 'Progressing', message: 'waits for its init containers' },
  'pod-liveness-killed-twice': { status: 'Progressing', message: 'runs and is not ready: container web' },
  'pod-node-lost': { status: 'Progressing', message: 'runs and is not ready' },
  'pod-not-ready': { status: 'Progressing', message: 'runs and is not ready: container web' },
  'pod-out-of-memory': { status: 'Degraded', message: 'container web: CrashLoopBackOff' },
  'pod-ready': { status: 'Healthy', message: 'ready', settles: true },
  'pod-restarted-long-ago': { status: 'Healthy', message: 'ready', settles: true },
  'pod-running-to-completion': { status: 'Progressing', message: 'runs and has not completed' },
  'pod-runs-as-root': { status: 'Degraded', message: 'container web: CreateContainerConfigError' },
  'pod-scheduling-gated': { status: 'Progressing', message: 'is not scheduled: Scheduling is blocked due to non-empty scheduling gates' },
  'pod-secret-key-missing': { status: 'Degraded', message: 'container web: CreateContainerConfigError' },
  'pod-sidecar-crash-loop': { status: 'Degraded', message: 'container proxy: CrashLoopBackOff' },
  'pod-startup-probe-failing': { status: 'Progressing', message: 'runs and is not ready: container web' },
  'pod-unschedulable': {
    status: 'Progressing',
    message:
      'is not scheduled: 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod',
  },
  'pod-unschedulable-no-scale-up': {
    status: 'Progressing',
    message:
      "is not scheduled: 0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}, 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling",
  },
  'pod-unschedulable-while-scaling-up': {
    status: 'Progressing',
    message:
      'is not scheduled: 0/3 nodes are available: 3 Insufficient memory. no new claims to deallocate, preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod',
  },
  'pod-volume-config-missing': { status: 'Progressing', message: 'waits for its containers to start' },
  'pod-volume-not-attached': { status: 'Progressing', message: 'waits for its containers to start' },
  'replica-set-healthy': { status: 'Healthy', message: '3 replicas available', settles: true },
  'replica-set-not-observed': { status: 'Progressing', message: 'its controller has not observed generation 4 yet, got 3' },
  'replica-set-progressing': { status: 'Progressing', message: '1 of 3 replicas available' },
  'replica-set-refused': {
    status: 'Degraded',
    message:
      'pods "web-6d5f8c9b7-mt6vq" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false)',
  },
  'replication-controller-new': { status: 'Progressing', message: 'its controller has not observed generation 1 yet, got 0' },
  'replication-controller-none-ready': { status: 'Progressing', message: '0 of 3 replicas available' },
  'replication-controller-not-observed': { status: 'Progressing', message: 'its controller has not observed generation 2 yet, got 1' },
  'replication-controller-refused': {
    status: 'Degraded',
    message: 'pods "old-web-mt6vq" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2',
  },
  'route-accepted': { status: 'Healthy', message: 'accepted by its parent' },
  'route-of-earlier-generation': { status: 'Progressing', message: 'its controller has not said yet whether it is Accepted' },
  'route-unresolved': { status: 'Progressing', message: 'ResolvedRefs is False: Service shop/web-green not found' },
  'route-without-parent': { status: 'Progressing', message: 'no Gateway has taken it up yet' },
  'service-external-name': { status: 'Healthy', message: 'is another name for db.example.com; it has no endpoints to judge' },
  'service-load-balancer-pending': { status: 'Progressing', message: 'its load balancer has no address yet' },
  'service-load-balancer-ready': { status: 'Healthy', message: '1 ready endpoint' },
  'service-no-endpoints': { status: 'Progressing', message: 'has no endpoints: no Pod matches its selector' },
  'service-not-ready-addresses-published': { status: 'Progressing', message: 'has no ready endpoint among 1' },
  'service-ready': { status: 'Healthy', message: '2 ready endpoints' },
  'service-terminating-endpoints': { status: 'Progressing', message: 'has no ready endpoint among 1' },
  'service-two-families': { status: 'Healthy', message: '1 ready endpoint' },
  'service-without-selector': { status: 'Progressing', message: 'has no ready endpoint, and no selector that would find any' },
  'service-without-selector-by-hand': { status: 'Healthy', message: '1 ready endpoint, set by hand: it has no selector' },
  'stateful-set-healthy': { status: 'Healthy', message: '3 replicas available', settles: true },
  'stateful-set-not-observed': { status: 'Progressing', message: 'its controller has not observed generation 2 yet, got 1' },
  'stateful-set-on-delete': { status: 'Suspended', message: '1 of 3 replicas updated: with updateStrategy OnDelete the others stay until they are deleted' },
  'stateful-set-partitioned': { status: 'Healthy', message: '3 replicas available; its partition keeps the first 2 at the earlier revision', settles: true },
  'stateful-set-stalled': { status: 'Progressing', message: '0 of 3 replicas updated' },
  'stateful-set-updating': { status: 'Progressing', message: '1 of 3 replicas updated' },
  'stateful-set-zero': { status: 'Degraded', message: 'has no Pods because replicas is 0', doomed: 'no-replicas' },
}

describe('assess', () => {
  test.each(Object.entries(EXPECTED))('judges %s', (name, expected) => {
    const { object, around } = fixture(name)
    expect(assess(object, { around })).toEqual(expected)
  })

  test('is tested with every fixture', () => {
    expect(Object.keys(EXPECTED).toSorted()).toEqual(fixtureNames().toSorted())
  })

  test('believes no status older than the generation our write returned, even before the object shows it', () => {
    const { object, around } = fixture('deployment-healthy')
    expect(assess(object, { around, generation: 3 })).toEqual({ status: 'Progressing', message: 'generation 3, which we wrote, has not been seen yet, got 2' })
    expect(assess(object, { around, generation: 2 }).status).toBe('Healthy')
  })

  test('calls a workload without Pods Healthy only where that was asked for', () => {
    const { object, around } = fixture('deployment-zero')
    expect(assess(object, { around, allowZero: true })).toEqual({ status: 'Healthy', message: 'has no Pods, as asked for' })
    const left = fixture('deployment-zero-with-pods-left')
    expect(assess(left.object, { around: left.around, allowZero: true })).toEqual({ status: 'Progressing', message: '1 Pod still to go until it has none' })
    expect(assess(fixture('stateful-set-zero').object, { allowZero: true }).status).toBe('Healthy')
    expect(assess(fixture('daemon-set-no-node').object, { allowZero: true }).status).toBe('Healthy')
  })

  test('is content with the floor when an autoscaler asks for more meanwhile, and never asks for more than the workload wants', () => {
    const { object, around } = fixture('deployment-stale-deadline')
    expect(assess(object, { around, floor: 1 }).status).toBe('Healthy')
    expect(assess(object, { around, floor: 2 })).toEqual({ status: 'Progressing', message: '1 of 2 replicas available' })
    const healthy = fixture('deployment-healthy')
    expect(assess(healthy.object, { around: healthy.around, floor: 5 }).status).toBe('Healthy')
  })

  test('finds the ReplicaSet that counts by its revision, not by its place in a list', () => {
    const { object, others } = fixture('deployment-old-pods-left')
    const around = surroundingsOf(others.toReversed(), ['ReplicaSet', 'Pod'])
    expect(assess(object, { around })).toEqual({ status: 'Progressing', message: '1 Pod of an earlier revision still to go' })
  })

  test('judges a Deployment by its own sums where ReplicaSets were not read', () => {
    const states = ['deployment-healthy', 'deployment-rolling', 'deployment-old-pods-left', 'deployment-stale-deadline'].map(
      (name) => assess(fixture(name).object).message,
    )
    expect(states).toEqual([
      '3 replicas available, revision 2',
      '2 of 3 replicas updated',
      '1 Pod of an earlier revision still to go',
      '1 of 3 replicas available',
    ])
  })

  test('says so where the endpoints of a Service were not read', () => {
    expect(assess(fixture('service-ready').object)).toEqual({ status: 'Healthy', message: 'exists; its endpoints were not read' })
  })

  const plain = [
    'v1 Secret',
    'v1 ServiceAccount',
    'rbac.authorization.k8s.io/v1 ClusterRole',
    'networking.k8s.io/v1 NetworkPolicy',
    'storage.k8s.io/v1 StorageClass',
  ]
  test.each(plain)('has nothing to wait for with a %s', (kind) => {
    expect(assess(bare(kind))).toEqual({ status: 'Healthy', message: 'exists' })
  })

  const withStatus = ['v1 Frobnicator', 'policy/v1 Eviction', 'networking.k8s.io/v1 ServiceCIDR', 'storage.k8s.io/v1 VolumeAttachment']
  test.each(withStatus)('reads the status of a %s, though other kinds of its group have none', (kind) => {
    const conditions = [{ type: 'Ready', status: 'False', message: 'not yet' }]
    expect(assess({ ...bare(kind), status: { conditions } })).toEqual({ status: 'Progressing', message: 'Ready is False: not yet' })
  })

  test('never throws, whatever an object looks like', () => {
    const kinds = fixtureNames().map((name) => fixture(name).object)
    const wild = fc.tuple(fc.constantFrom(...kinds), fc.anything(), fc.anything(), fc.anything())
    fc.assert(
      fc.property(wild, ([{ apiVersion, kind }, spec, status, conditions]) => {
        const object: KubeObject = {
          apiVersion,
          kind,
          metadata: { name: 'wild', generation: 1 },
          spec,
          status: { observedGeneration: 1, conditions, ...(status as object) },
        }
        expect(assess(object).message).not.toBe('')
      }),
    )
  })
})

function bare(text: string): KubeObject {
  const [apiVersion = '', kind = ''] = text.split(' ')
  return { apiVersion, kind, metadata: { name: 'web' } }
}
