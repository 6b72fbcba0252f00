import { knownResource, type KubeObject } from '@fairlead/kube'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rememberPods } from '../src/judging/history.ts'
import { judge, UNSEEN, type Judgement, type Scene } from '../src/judging/judge.ts'
import { surroundingsOf, type Target } from '../src/index.ts'
import { fixture, fixtureNames } from './fixture.ts'

const ALL = ['ReplicaSet', 'Pod', 'Event', 'EndpointSlice'] as const

function targetOf({ apiVersion, kind, metadata }: KubeObject): Target {
  const resource = knownResource({ apiVersion, kind }) ?? { apiVersion, kind, plural: `${kind.toLowerCase()}s`, namespaced: true }
  return { reference: { resource, name: metadata.name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) } }
}

function sceneOf(objects: readonly KubeObject[], given: Partial<Scene> = {}): Scene {
  const pods = rememberPods(
    new Map(),
    objects.filter(({ kind }) => kind === 'Pod'),
    0,
  )
  return { around: surroundingsOf(objects, ALL), pods, memory: UNSEEN, now: 0, startedAt: 0, stability: 5_000, isLast: false, ...given }
}

function judged(objects: readonly KubeObject[], given: Partial<Scene> & { readonly target?: Partial<Target> } = {}): Judgement {
  const [object] = objects
  if (object === undefined) throw new Error('expected an object')
  return judge({ ...targetOf(object), ...given.target }, object, sceneOf(objects, given))
}

function documents(name: string): readonly KubeObject[] {
  const { object, others } = fixture(name)
  return [object, ...others]
}

/** A Deployment of one revision whose Pods are those of other fixtures, renamed. */
function deploymentWith(...names: readonly string[]): readonly KubeObject[] {
  const [deployment, set] = documents('deployment-stale-deadline')
  const parts = names.map((name, index) => renamed(documents(name), index))
  return [deployment, set].filter((object) => object !== undefined).concat(parts.flat())
}

function renamed([pod, ...others]: readonly KubeObject[], index: number): readonly KubeObject[] {
  if (pod === undefined) return []
  const uid = `pod-${index}`
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6d5f8c9b7', uid: '00000002-1111-4222-8333-444455556666', controller: true }]
  const events = others.map((event) => ({
    ...event,
    metadata: { ...event.metadata, uid: `${event.metadata.uid}-${index}` },
    involvedObject: { ...('involvedObject' in event ? (event.involvedObject as object) : {}), uid },
  }))
  return [{ ...pod, metadata: { ...pod.metadata, name: `web-6d5f8c9b7-${index}`, uid, ownerReferences } }, ...events]
}

describe('judge', () => {
  test('explains a Deployment by the Pod of its newest revision, with the place in its own manifest', () => {
    expect(judged(deploymentWith('pod-image-not-found', 'pod-image-not-found', 'pod-ready'))).toMatchObject({
      health: {
        status: 'Degraded',
        message:
          '1 of 3 replicas available; Pod web-6d5f8c9b7-0: image "127.0.0.1:5000/shop:9" of container "web" cannot be pulled: 127.0.0.1:5000/shop:9: not found',
      },
      diagnosis: {
        cause: 'image-pull',
        message: 'Pod "shop/web-6d5f8c9b7-0": image "127.0.0.1:5000/shop:9" of container "web" cannot be pulled: 127.0.0.1:5000/shop:9: not found',
        certain: true,
        certainAt: 0,
        object: { kind: 'Pod', namespace: 'shop', name: 'web-6d5f8c9b7-0' },
        container: 'web',
        affected: { pods: 2, total: 3 },
        field: ['spec', 'template', 'spec', 'containers', 0, 'image'],
        hint: 'Push the image, or correct its reference.',
      },
      isCertain: true,
    })
  })

  const order = [
    {
      name: 'what is certain before what comes earlier but may pass',
      pods: ['pod-unschedulable-while-scaling-up', 'pod-crash-loop'],
      cause: 'crash',
      certain: true,
    },
    {
      name: 'scheduling before an image, both certain',
      pods: ['pod-image-not-found', 'pod-unschedulable'],
      now: 40_000,
      cause: 'unschedulable',
      certain: true,
    },
    { name: 'an image before a missing ConfigMap', pods: ['pod-secret-key-missing', 'pod-image-back-off'], cause: 'image-pull', certain: true },
    { name: 'a missing ConfigMap before a crash', pods: ['pod-crash-loop', 'pod-secret-key-missing'], cause: 'missing-config', certain: true },
    { name: 'memory before the exit code it leads to', pods: ['pod-out-of-memory'], cause: 'out-of-memory', certain: true },
    { name: 'a probe before the exit it leads to', pods: ['pod-liveness-killed-twice'], cause: 'probe', certain: true },
    { name: 'a probe that fails, without being certain', pods: ['pod-not-ready', 'pod-crashed-once'], cause: 'probe', certain: false },
  ]
  test.each(order)('names $name', ({ pods, cause, certain, now = 0 }) => {
    const first = judged(deploymentWith(...pods))
    const { diagnosis } = judged(deploymentWith(...pods), { now, memory: first.memory })
    expect({ cause: diagnosis?.cause, certain: diagnosis?.certain }).toEqual({ cause, certain })
  })

  const moments = [
    { pod: 'pod-image-not-found', cause: 'image-pull', certainAt: 0 },
    { pod: 'pod-image-name-invalid', cause: 'image-pull', certainAt: 0 },
    { pod: 'pod-config-map-missing', cause: 'missing-config', certainAt: 5_000 },
    { pod: 'pod-volume-config-missing', cause: 'missing-config', certainAt: -1_000 },
    { pod: 'pod-crash-loop', cause: 'crash', certainAt: 0 },
    { pod: 'pod-crashed-once', cause: 'crash', certainAt: undefined },
    { pod: 'pod-init-crash-loop', cause: 'init-container', certainAt: 0 },
    { pod: 'pod-not-ready', cause: 'probe', certainAt: undefined },
    { pod: 'pod-unschedulable', cause: 'unschedulable', certainAt: 30_000 },
    { pod: 'pod-unschedulable-no-scale-up', cause: 'unschedulable', certainAt: 30_000 },
    { pod: 'pod-unschedulable-while-scaling-up', cause: 'unschedulable', certainAt: undefined },
    { pod: 'pod-image-registry-away', cause: 'image-pull', certainAt: undefined },
    { pod: 'pod-evicted', cause: 'eviction', certainAt: undefined },
  ]
  test.each(moments)('is certain of $pod at $certainAt', ({ pod, cause, certainAt }) => {
    const { diagnosis, reviewAt, isCertain } = judged(deploymentWith(pod))
    expect({ cause: diagnosis?.cause, certainAt: diagnosis?.certainAt, isCertain }).toEqual({
      cause,
      certainAt,
      isCertain: certainAt !== undefined && certainAt <= 0,
    })
    expect(reviewAt).toBe(isCertain ? Number.POSITIVE_INFINITY : (certainAt ?? Number.POSITIVE_INFINITY))
  })

  test('becomes certain of a missing ConfigMap five seconds after it was first seen, and not a millisecond sooner', () => {
    const objects = deploymentWith('pod-config-map-missing')
    const first = judged(objects, { now: 1_000 })
    const before = judged(objects, { now: 5_999, memory: first.memory })
    const then = judged(objects, { now: 6_000, memory: before.memory })
    expect([first.isCertain, before.isCertain, then.isCertain]).toEqual([false, false, true])
    expect([first.health.status, then.health.status]).toEqual(['Progressing', 'Degraded'])
  })

  test('waits anew for a ConfigMap that was there in between', () => {
    const sick = deploymentWith('pod-config-map-missing')
    const well = deploymentWith('pod-creating')
    const first = judged(sick, { now: 0 })
    const second = judged(well, { now: 3_000, memory: first.memory })
    expect(judged(sick, { now: 6_000, memory: second.memory }).isCertain).toBe(false)
  })

  test('names quota at the condition of the ReplicaSet, with the Event that repeats it', () => {
    expect(judged(documents('deployment-quota')).diagnosis).toEqual({
      cause: 'quota',
      message:
        'ReplicaSet "shop/web-6d5f8c9b7": its Pods are refused by ResourceQuota "compute": requests.cpu 500m requested, 800m of 1 used; requests.memory 128Mi requested, 1Gi of 1Gi used',
      certain: true,
      certainAt: 0,
      object: { kind: 'ReplicaSet', namespace: 'shop', name: 'web-6d5f8c9b7' },
      affected: { pods: 0, total: 0 },
      events: [
        {
          reason: 'FailedCreate',
          message:
            'Error creating: pods "web-6d5f8c9b7-mt6vq" is forbidden: exceeded quota: compute, requested: requests.cpu=500m,requests.memory=128Mi, used: requests.cpu=800m,requests.memory=1Gi, limited: requests.cpu=1,requests.memory=1Gi',
          count: 4,
        },
      ],
      field: ['spec', 'template', 'spec', 'containers'],
      hint: 'Raise the quota, free some of it, or ask for less.',
    })
  })

  const captured = [
    {
      name: 'image-missing',
      cause: 'image-pull',
      certainAt: 0,
      says: /cannot be pulled: 127\.0\.0\.1:5000\/shop:no-such-tag: not found$/,
      field: 'containers.0.image',
    },
    { name: 'crashing', cause: 'crash', certainAt: 0, says: /container "shop" exited with code 3, twice$/, field: 'containers.0' },
    {
      name: 'config-map-missing',
      cause: 'missing-config',
      certainAt: 5_000,
      says: /container "shop" needs ConfigMap "no-such-config", which does not exist$/,
      field: 'containers.0.envFrom.0',
    },
    {
      name: 'volume-config-missing',
      cause: 'missing-config',
      certainAt: 3_000,
      says: /volume "config" needs ConfigMap "no-such-config", which does not exist$/,
      field: 'volumes.0',
    },
    {
      name: 'probe-failing',
      cause: 'probe',
      certainAt: undefined,
      says: /fails its readiness probe: HTTP probe failed with statuscode: 404$/,
      field: 'containers.0.readinessProbe',
    },
    {
      name: 'liveness-failing',
      cause: 'probe',
      certainAt: 0,
      says: /fails its liveness probe: HTTP probe failed with statuscode: 404, and was killed for it twice$/,
      field: 'containers.0.livenessProbe',
    },
    {
      name: 'quota-exceeded',
      cause: 'quota',
      certainAt: 0,
      says: /ResourceQuota "compute": requests\.cpu 500m requested, 0 of 100m used$/,
      field: 'containers',
    },
    {
      name: 'unschedulable',
      cause: 'unschedulable',
      certainAt: 30_000,
      says: /cannot be scheduled: the only node does not fit: Insufficient cpu$/,
      field: 'containers',
    },
    {
      name: 'pod-security',
      cause: 'admission',
      certainAt: 0,
      says: /its Pods are refused: violates PodSecurity "restricted:latest": privileged/,
      field: 'securityContext',
    },
    {
      name: 'command-missing',
      cause: 'container-create',
      certainAt: 0,
      says: /cannot be started: exec: "\/no-such-command": stat \/no-such-command: no such file or directory$/,
      field: 'containers.0.command',
    },
    {
      name: 'init-failing',
      cause: 'init-container',
      certainAt: 0,
      says: /init container "migrate" exited with code 7, twice, so the Pod never starts$/,
      field: 'initContainers.0',
    },
    {
      name: 'out-of-memory',
      cause: 'out-of-memory',
      certainAt: 0,
      says: /was killed for using more memory than its limit of 32Mi \(OOMKilled\), twice$/,
      field: 'containers.0.resources.limits.memory',
    },
  ]
  test.each(captured)('reads at first sight what a cluster showed: $name', ({ name, cause, certainAt, says, field }) => {
    const { diagnosis } = judged(documents(`deployment-captured-${name}`))
    expect({ cause: diagnosis?.cause, certainAt: diagnosis?.certainAt, field: diagnosis?.field?.join('.') }).toEqual({
      cause,
      certainAt,
      field: `spec.template.spec.${field}`,
    })
    expect(diagnosis?.message).toMatch(says)
  })

  test('makes one Event of those that differ only in the Pod that was to be made', () => {
    const events = judged(documents('deployment-captured-quota-exceeded')).diagnosis?.events
    expect(events?.map(({ reason }) => reason)).toEqual(['FailedCreate'])
    expect(events?.[0]?.count).toBeGreaterThan(1)
  })

  test('believes nothing around a Deployment whose controller has not seen our generation', () => {
    const { health, diagnosis } = judged(documents('deployment-quota'), { target: { generation: 3 } })
    expect({ health, diagnosis }).toEqual({
      health: { status: 'Progressing', message: 'generation 3, which we wrote, has not been seen yet, got 2' },
      diagnosis: undefined,
    })
  })

  test('never takes an old ProgressDeadlineExceeded for ours', () => {
    expect(judged(documents('deployment-stale-deadline'))).toMatchObject({
      health: { status: 'Progressing', message: '1 of 3 replicas available' },
      isCertain: false,
    })
  })

  test('grants a window before it calls anything Healthy that nobody else waited for, and none with minReadySeconds', () => {
    const objects = documents('deployment-healthy')
    const first = judged(objects, { now: 1_000 })
    const before = judged(objects, { now: 5_999, memory: first.memory })
    const then = judged(objects, { now: 6_000, memory: before.memory })
    expect([first, before, then].map(({ health, reviewAt }) => [health, reviewAt])).toEqual([
      [{ status: 'Progressing', message: '3 replicas available, revision 2; must stay so for 5s' }, 6_000],
      [{ status: 'Progressing', message: '3 replicas available, revision 2; must stay so for 5s' }, 6_000],
      [{ status: 'Healthy', message: '3 replicas available, revision 2' }, Number.POSITIVE_INFINITY],
    ])
    expect(judged(documents('deployment-healthy-min-ready-seconds')).health.status).toBe('Healthy')
  })

  test('waits some moments for a StatefulSet whose Pod was once refused, since an Event outlives what it tells', () => {
    const [set] = documents('stateful-set-updating')
    if (set === undefined) throw new Error('expected a StatefulSet')
    const refused = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'db.1', namespace: 'shop' },
      involvedObject: { kind: 'StatefulSet', name: 'db', uid: set.metadata.uid },
      reason: 'FailedCreate',
      message:
        'create Pod db-2 in StatefulSet db failed error: pods "db-2" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2',
    }
    const { diagnosis } = judged([set, refused])
    expect([diagnosis?.cause, diagnosis?.certainAt, diagnosis?.message]).toEqual([
      'quota',
      5_000,
      'StatefulSet "shop/db": its Pods are refused by ResourceQuota "few": pods 1 requested, 2 of 2 used',
    ])
  })

  test('leaves quota to the deadline while a rolling update may still take away Pods of the earlier revision', () => {
    const [deployment, set, event] = documents('deployment-quota')
    const [, , older] = documents('deployment-rolling')
    if (deployment === undefined || set === undefined || event === undefined || older === undefined) throw new Error('expected four objects')
    const rolling = (maxUnavailable: number | string) => {
      const strategy = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge: 1 } }
      return judged([{ ...deployment, spec: { ...(deployment.spec as object), strategy } }, set, event, older])
    }
    expect([rolling(1), rolling('25%'), rolling('50%')].map(({ isCertain, diagnosis }) => [diagnosis?.cause, isCertain])).toEqual([
      ['quota', false],
      ['quota', true],
      ['quota', false],
    ])
  })

  test('names quota at a ReplicationController as at a ReplicaSet', () => {
    expect(judged(documents('replication-controller-refused')).diagnosis).toMatchObject({
      cause: 'quota',
      message: 'ReplicationController "shop/old-web": its Pods are refused by ResourceQuota "few": pods 1 requested, 2 of 2 used',
      certain: true,
    })
  })

  test('leaves the retries of a Job to the Job, and explains its failure by its Pod once it gives up', () => {
    const { diagnosis, health } = judged(documents('job-failed'))
    expect({ status: health.status, cause: diagnosis?.cause, message: diagnosis?.message, certain: diagnosis?.certain }).toEqual({
      status: 'Degraded',
      cause: 'crash',
      message: 'Pod "shop/migrate-x7k2p": container "migrate" exited with code 2',
      certain: true,
    })
    expect(health.message).toBe('failed: Job has reached the specified backoff limit; Pod migrate-x7k2p: container "migrate" exited with code 2')
  })

  test('lets a Job try again while it still does', () => {
    const [job] = documents('job-running')
    const [pod] = documents('pod-crash-loop')
    if (job === undefined || pod === undefined) throw new Error('expected a Job and a Pod')
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', uid: job.metadata.uid ?? '', controller: true }]
    expect(judged([job, { ...pod, metadata: { ...pod.metadata, ownerReferences } }])).toMatchObject({
      diagnosis: { cause: 'crash', certain: false },
      isCertain: false,
    })
  })

  test('is not certain of a probe that has killed only once', () => {
    const [deployment, set, pod, ...events] = deploymentWith('pod-liveness-killed-twice')
    if (deployment === undefined || set === undefined || pod === undefined) throw new Error('expected three objects')
    const once = judged([deployment, set, pod, ...events.map((event) => ({ ...event, count: 1 }))])
    expect([once.diagnosis?.cause, once.isCertain]).toEqual(['probe', false])
  })

  test('says which Pod blocks the update of a StatefulSet', () => {
    expect(judged(documents('stateful-set-stalled')).diagnosis).toMatchObject({
      cause: 'stalled-update',
      message:
        'Pod "shop/db-2": still runs an earlier revision and blocks the update, because image "127.0.0.1:5000/shop:9" of container "db" cannot be pulled: 127.0.0.1:5000/shop:9: not found',
      certain: true,
      hint: 'Delete Pod "db-2": the update goes on with its replacement.',
    })
  })

  test.each(['deployment-paused', 'stateful-set-on-delete', 'job-suspended', 'cron-job-suspended'])('never calls %s a success, nor certain to fail', (name) => {
    expect(judged(documents(name))).toMatchObject({ health: { status: 'Suspended' }, isCertain: false })
  })

  test('fails at once what has no Pods because nobody asked for any', () => {
    expect(judged(documents('deployment-zero'))).toMatchObject({
      health: { status: 'Degraded', message: 'has no Pods because replicas is 0' },
      diagnosis: { cause: 'no-replicas', certain: true },
      isCertain: true,
    })
  })

  test('says at the end what it was still waiting for', () => {
    expect(judged(deploymentWith('pod-creating', 'pod-ready'), { now: 60_000, isLast: true }).diagnosis).toEqual({
      cause: 'deadline',
      message: 'Deployment "shop/web": still Progressing after 1m: 1 of 3 replicas available; Pod web-6d5f8c9b7-0 waits for its containers to start',
      certain: true,
      object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      affected: { pods: 1, total: 2 },
      events: [],
      hint: 'Give it more time, or find out what holds it up.',
    })
  })

  test('makes the cause that only the deadline decides certain at the deadline', () => {
    const objects = deploymentWith('pod-not-ready')
    expect(judged(objects).health.status).toBe('Progressing')
    expect(judged(objects, { isLast: true })).toMatchObject({ health: { status: 'Degraded' }, diagnosis: { cause: 'probe', certain: true }, isCertain: true })
  })

  test('tells a target that never was from one that was deleted and from one that was made anew', () => {
    const [object] = documents('deployment-healthy')
    if (object === undefined) throw new Error('expected an object')
    const target = targetOf(object)
    const seen = judged(documents('deployment-healthy')).memory
    const anew = { ...object, metadata: { ...object.metadata, uid: 'another' } }
    const messages = [
      judge(target, undefined, sceneOf([])),
      judge({ ...target, mayAppear: true }, undefined, sceneOf([])),
      judge(target, undefined, sceneOf([], { memory: seen })),
      judge(target, anew, sceneOf([anew], { memory: seen })),
      judge({ ...target, uid: 'ours' }, object, sceneOf([object])),
      judged(documents('deployment-being-deleted')),
    ].map(({ health, isCertain }) => [health.status, health.message, isCertain])
    expect(messages).toEqual([
      ['Missing', 'does not exist', true],
      ['Missing', 'does not exist', false],
      ['Missing', 'was deleted', true],
      ['Missing', 'was deleted and made anew under the same name, expected uid 00000001-1111-4222-8333-444455556666, got another', true],
      ['Missing', 'was deleted and made anew under the same name, expected uid ours, got 00000001-1111-4222-8333-444455556666', true],
      ['Missing', 'is being deleted', true],
    ])
  })

  test('has nothing to say about what is Healthy, and something about all else at the end', () => {
    for (const name of fixtureNames()) {
      const { health, diagnosis } = judged(documents(name), { isLast: true, stability: 0 })
      expect([name, diagnosis === undefined]).toEqual([name, health.status === 'Healthy'])
    }
  })

  test('never throws, whatever the Pods of a Deployment look like', () => {
    const [deployment, set, pod] = documents('deployment-stale-deadline')
    if (deployment === undefined || set === undefined || pod === undefined) throw new Error('expected three objects')
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (spec, status, statuses) => {
        const wild: KubeObject = {
          ...pod,
          spec: { containers: [{ name: 'web' }, spec], ...(spec as object) },
          status: { containerStatuses: [statuses], ...(status as object) },
        }
        expect(judged([deployment, set, wild], { isLast: true }).diagnosis).toBeDefined()
      }),
    )
  })
})
