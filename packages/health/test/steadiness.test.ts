import type { KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { rememberSteadiness, UNSTEADY } from '../src/judging/history.ts'
import { fixture } from './fixture.ts'
import { reference, Stage, WEB } from './stage.ts'

const MIGRATE = reference('Job', 'migrate')
const WORKER = reference('Pod', 'worker')

function documents(name: string): readonly KubeObject[] {
  const { object, others } = fixture(name)
  return [object, ...others]
}

interface Scale {
  readonly wanted: number
  readonly ready: number
  /** The generation its controller has seen, that of the newest scale unless told. */
  readonly observed?: number
}

/** A Deployment of one revision on its way from one number of Pods to another; every scale is a generation. */
function scaled({ wanted, ready, observed = wanted }: Scale): readonly KubeObject[] {
  const [deployment, set] = documents('deployment-stale-deadline')
  if (deployment === undefined || set === undefined) throw new Error('expected a Deployment and its ReplicaSet')
  const status = { observedGeneration: observed, replicas: wanted, updatedReplicas: wanted, readyReplicas: ready, availableReplicas: ready }
  return [
    { ...deployment, metadata: { ...deployment.metadata, generation: wanted }, spec: { ...(deployment.spec as object), replicas: wanted }, status },
    { ...set, metadata: { ...set.metadata, generation: wanted }, spec: { ...(set.spec as object), replicas: wanted }, status },
    ...Array.from({ length: ready }, (_, index) => podOf(set, index, { isReady: true })),
  ]
}

interface Life {
  readonly isReady: boolean
  readonly restarts?: number
  readonly time?: string
  readonly deleted?: string
}

function podOf(set: KubeObject, index: number, { isReady, restarts = 0, time = '2026-03-02T10:00:05Z', deleted }: Life): KubeObject {
  const [pod] = documents('pod-ready')
  if (pod === undefined) throw new Error('expected a Pod')
  const containerStatuses = [{ name: 'web', ready: isReady, started: true, restartCount: restarts, state: { running: {} }, lastState: {} }]
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: set.metadata.name, uid: set.metadata.uid ?? '', controller: true }]
  const labels = { app: 'web', 'pod-template-hash': '6d5f8c9b7' }
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      name: `web-6d5f8c9b7-${index}`,
      uid: `pod-${index}`,
      labels,
      ownerReferences,
      ...(deleted === undefined ? {} : { deletionTimestamp: deleted }),
    },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: time }], containerStatuses },
  }
}

const UNHEALTHY = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'web-6d5f8c9b7-0.1', namespace: 'shop', uid: 'unhealthy' },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'web-6d5f8c9b7-0', uid: 'pod-0', fieldPath: 'spec.containers{web}' },
  reason: 'Unhealthy',
  message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
  firstTimestamp: '2026-03-02T10:00:05Z',
  lastTimestamp: '2026-03-02T10:00:30Z',
  count: 4,
}

/** Shows one replica whose only Pod is ready or not, since another moment each time. */
function flap(stage: Stage, isReady: boolean): void {
  const [deployment, set] = scaled({ wanted: 1, ready: isReady ? 1 : 0 })
  if (deployment === undefined || set === undefined) throw new Error('expected a Deployment and its ReplicaSet')
  const time = new Date(Date.parse('2026-03-02T10:00:00Z') + stage.clock.now()).toISOString()
  stage.seed(podOf(set, 0, { isReady, time }), deployment, set)
}

/** Ready for 4 s and not for 1 s, so often; ready in the end. */
async function flapping(times: number, ...others: readonly KubeObject[]): Promise<Stage> {
  const stage = new Stage().seed(...others)
  flap(stage, true)
  await stage.wait([WEB], { timeout: times * 5_000 + 2_000, stability: 5_000 })
  for (let each = 0; each < times; each += 1) {
    await stage.pass(4_000)
    flap(stage, false)
    await stage.pass(1_000)
    flap(stage, true)
  }
  await stage.pass(2_000)
  return stage
}

describe('a scale during the wait', () => {
  test('up, Pod by Pod, breaks nothing: the window goes on from the first success', async () => {
    const stage = new Stage().seed(...scaled({ wanted: 1, ready: 1 }))
    await stage.wait([WEB], { stability: 40_000 })
    for (let wanted = 2; wanted <= 6; wanted += 1) {
      await stage.pass(3_000)
      stage.seed(...scaled({ wanted, ready: wanted - 1, observed: wanted - 1 }))
      await stage.pass(1_000)
      stage.seed(...scaled({ wanted, ready: wanted - 1 }))
      await stage.pass(1_000)
      stage.seed(...scaled({ wanted, ready: wanted }))
    }
    await stage.pass(14_999)
    expect(stage.report).toBeUndefined()
    await stage.pass(1)
    expect([stage.report?.ended, stage.endedAt]).toEqual(['healthy', 40_000])
  })

  test('up waits until all are there, and no longer', async () => {
    const stage = new Stage().seed(...scaled({ wanted: 1, ready: 1 }))
    await stage.wait([WEB], { stability: 10_000 })
    await stage.pass(3_000)
    stage.seed(...scaled({ wanted: 2, ready: 1 }))
    await stage.pass(20_000)
    expect(stage.report).toBeUndefined()
    stage.seed(...scaled({ wanted: 2, ready: 2 }))
    await stage.pass(0)
    expect([stage.report?.ended, stage.endedAt]).toEqual(['healthy', 23_000])
  })

  test('up does not hide a Pod that is lost meanwhile', async () => {
    const stage = new Stage().seed(...scaled({ wanted: 2, ready: 2 }))
    const [, set] = scaled({ wanted: 3, ready: 2 })
    if (set === undefined) throw new Error('expected a ReplicaSet')
    await stage.wait([WEB], { stability: 10_000 })
    stage.seed(...scaled({ wanted: 3, ready: 2 }))
    await stage.pass(5_000)
    stage.seed(podOf(set, 1, { isReady: true, deleted: '2026-03-02T10:01:00Z' }))
    await stage.pass(1_000)
    stage.seed(podOf(set, 3, { isReady: true }), ...scaled({ wanted: 3, ready: 3 }))
    await stage.pass(19_999)
    expect(stage.report).toBeUndefined()
    await stage.pass(1)
    expect([stage.report?.ended, stage.endedAt]).toEqual(['healthy', 26_000])
  })
})

describe('rememberSteadiness', () => {
  const full = rememberSteadiness(UNSTEADY, { isFull: true, ready: 3, wanted: 3 }, 1_000)

  test('keeps since when, and how often it broke, while more is wanted and nothing was lost', () => {
    const grown = rememberSteadiness(full, { isFull: false, ready: 3, wanted: 5 }, 2_000)
    const more = rememberSteadiness(grown, { isFull: false, ready: 4, wanted: 5 }, 3_000)
    expect([grown, more]).toEqual([
      { since: 1_000, breaks: 0, ready: 3 },
      { since: 1_000, breaks: 0, ready: 4 },
    ])
    expect(rememberSteadiness(more, { isFull: false, ready: 3, wanted: 5 }, 4_000)).toEqual({ breaks: 1, ready: 3 })
    expect(rememberSteadiness(more, { isFull: false, ready: 4, wanted: 5, disturbedAt: 4_000 }, 4_000)).toEqual({ breaks: 1, ready: 4 })
  })

  test('takes no Pod for lost that is not wanted any more', () => {
    expect(rememberSteadiness(full, { isFull: false, ready: 2, wanted: 2 }, 2_000)).toEqual({ since: 1_000, breaks: 0, ready: 2 })
  })

  test('takes anything for a break where there are no Pods to count', () => {
    expect(rememberSteadiness(rememberSteadiness(UNSTEADY, { isFull: true }, 1_000), { isFull: false }, 2_000)).toEqual({ breaks: 1 })
  })
})

describe('what has completed and is removed during the wait', () => {
  const deleting = (object: KubeObject, deletionTimestamp = '2026-03-02T10:00:33Z') => ({ ...object, metadata: { ...object.metadata, deletionTimestamp } })
  const [complete, running] = [fixture('job-complete').object, fixture('job-running').object]
  const worker = (name: string) => ({ ...fixture(name).object, metadata: { ...fixture(name).object.metadata, name: 'worker' } })

  const kinds = [
    { name: 'a Job', target: MIGRATE, object: complete, message: 'completed, 1 succeeded' },
    { name: 'a Pod', target: WORKER, object: worker('pod-completed'), message: 'completed' },
  ]
  test.each(kinds)('stays Healthy: $name', async ({ target, object, message }) => {
    const stage = new Stage().seed(object, ...scaled({ wanted: 1, ready: 0 }))
    await stage.wait([target, WEB])
    await stage.pass(3_000)
    stage.seed(deleting(object))
    await stage.pass(1_000)
    expect(stage.report).toBeUndefined()
    await stage.cluster.delete(target.reference)
    await stage.pass(11_000)
    expect(stage.report).toBeUndefined()
    stage.seed(...scaled({ wanted: 1, ready: 1 }))
    await stage.pass(5_000)
    expect(stage.report).toMatchObject({ ended: 'healthy', seconds: 20 })
    expect(stage.report?.targets[0]?.health).toEqual({ status: 'Healthy', message: `${message}, and was removed since` })
    expect(stage.report?.targets[0]?.diagnosis).toBeUndefined()
  })

  test('is Healthy where its own times tell that it completed before it was removed', async () => {
    const stage = new Stage().seed(deleting(complete))
    await stage.wait([MIGRATE])
    expect(stage.report?.targets[0]?.health).toEqual({ status: 'Healthy', message: 'completed, 1 succeeded, and is being removed' })
  })

  test('is Missing where it had not completed, where that came only of its removal, and where another has its name', async () => {
    const sights = [[deleting(running)], [deleting(complete, '2026-03-02T10:00:01Z')], [deleting(worker('pod-completed'))]]
    for (const [index, objects] of sights.entries()) {
      const stage = new Stage().seed(...objects)
      await stage.wait([index === 2 ? WORKER : MIGRATE])
      expect(stage.report).toMatchObject({ ended: 'missing', targets: [{ health: { message: 'is being deleted' } }] })
    }
    const stage = new Stage().seed(complete, ...scaled({ wanted: 1, ready: 0 }))
    await stage.wait([MIGRATE, WEB])
    await stage.cluster.delete(MIGRATE.reference)
    stage.seed({ ...running, metadata: { ...running.metadata, uid: 'another' } })
    await stage.pass(1_000)
    expect(stage.report).toMatchObject({ ended: 'missing', targets: [{ health: { status: 'Missing' } }, {}] })
  })
})

describe('readiness that flaps', () => {
  const TRUTH = 'lost readiness or restarted'

  test('is named at the deadline, by what the probe said', async () => {
    const stage = await flapping(3, UNHEALTHY)
    expect(stage.report).toMatchObject({ ended: 'deadline', status: 'Degraded' })
    expect(stage.report?.targets[0]?.health).toEqual({
      status: 'Degraded',
      message: `1 replica available, revision 2; must stay so for 40s; ${TRUTH} 3 times during the wait`,
    })
    expect(stage.report?.targets[0]?.diagnosis).toEqual({
      cause: 'probe',
      message: `Deployment "shop/web": ${TRUTH} 3 times during the wait of 17s: 1 replica available, revision 2; must stay so for 40s`,
      certain: true,
      object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
      affected: { pods: 1, total: 1 },
      events: [{ reason: 'Unhealthy', message: 'Readiness probe failed: HTTP probe failed with statuscode: 503', count: 4 }],
      container: 'web',
      log: { pod: 'web-6d5f8c9b7-0', container: 'web', previous: false },
      hint: 'Find out from the Events of its readiness probe and from its log why it does not stay ready.',
    })
  })

  test('is named without Events, and is no more than Progressing the first time', async () => {
    const [once, twice] = [await flapping(1), await flapping(2)]
    expect([once, twice].map(({ report }) => [report?.status, report?.targets[0]?.diagnosis?.cause, report?.targets[0]?.diagnosis?.message])).toEqual([
      ['Progressing', 'deadline', `Deployment "shop/web": ${TRUTH} once during the wait of 7s: 1 replica available, revision 2; must stay so for 10s`],
      ['Degraded', 'deadline', `Deployment "shop/web": ${TRUTH} twice during the wait of 12s: 1 replica available, revision 2; must stay so for 20s`],
    ])
  })

  test('is told beside the probe that fails when time is up', async () => {
    const stage = await flapping(2, UNHEALTHY)
    const late = new Stage().seed(UNHEALTHY)
    flap(late, true)
    await late.wait([WEB], { timeout: 12_000 })
    for (const isReady of [false, true, false]) {
      await late.pass(3_000)
      flap(late, isReady)
    }
    await late.pass(3_000)
    expect(stage.report?.status).toBe('Degraded')
    expect(late.report?.targets[0]).toMatchObject({ health: { status: 'Degraded' }, diagnosis: { cause: 'probe' } })
    expect(late.report?.targets[0]?.diagnosis?.message).toMatch(/statuscode: 503; lost readiness or restarted twice during the wait$/)
  })
})

describe('an update that only a deletion brings on', () => {
  test.each([
    { fixture: 'stateful-set-on-delete', kind: 'StatefulSet' },
    { fixture: 'daemon-set-on-delete', kind: 'DaemonSet' },
  ])('asks to delete the old Pods at the deadline: $kind', async ({ fixture: name, kind }) => {
    const stage = new Stage().show(name)
    await stage.wait([reference(kind, fixture(name).object.metadata.name)], { timeout: 0 })
    expect(stage.report?.targets[0]).toMatchObject({
      health: { status: 'Suspended' },
      diagnosis: { hint: 'Delete the Pods of the earlier revision: with updateStrategy OnDelete nothing else replaces them.' },
    })
  })
})
