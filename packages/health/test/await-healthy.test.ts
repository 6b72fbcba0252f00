import { Fault, isFault } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import type { KubeObject } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { describe, expect, test } from 'vitest'
import { awaitHealthy } from '../src/index.ts'
import { fixture } from './fixture.ts'
import { MINUTES_10, reference, Stage, WEB } from './stage.ts'

const POD = 'web-6d5f8c9b7-x2x4k'

/** A Deployment of one replica whose only Pod is that of a fixture. */
function workload(name: string): readonly KubeObject[] {
  const [, set] = documents('deployment-stale-deadline')
  const [pod, ...events] = documents(name)
  const [deployment] = documents('deployment-stale-deadline')
  if (deployment === undefined || set === undefined || pod === undefined) throw new Error('expected three objects')
  const one = {
    ...deployment,
    spec: { ...(deployment.spec as object), replicas: 1 },
    status: { ...(deployment.status as object), replicas: 1, availableReplicas: 0 },
  }
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6d5f8c9b7', uid: set.metadata.uid ?? '', controller: true }]
  const labels = { app: 'web', 'pod-template-hash': '6d5f8c9b7' }
  return [
    one,
    { ...set, status: { observedGeneration: 1, replicas: 1 } },
    { ...pod, metadata: { ...pod.metadata, name: POD, labels, ownerReferences } },
    ...events,
  ]
}

function documents(name: string): readonly KubeObject[] {
  const { object, others } = fixture(name)
  return [object, ...others]
}

function container(state: unknown, rest: object = {}): object {
  return { name: 'web', image: '127.0.0.1:5000/shop:1', ready: false, started: false, restartCount: 0, lastState: {}, state, ...rest }
}

/** The only Pod with another status of its container. */
function podWith(status: object, ready = false): KubeObject {
  const [, , pod] = workload('pod-crashed-once')
  if (pod === undefined) throw new Error('expected a Pod')
  return {
    ...pod,
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: `${JSON.stringify(status).length}` }],
      containerStatuses: [status],
    },
  }
}

const exited = (exitCode: number, run: number) => ({ terminated: { exitCode, reason: 'Error', containerID: `containerd://${run}` } })
const BACKING_OFF = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } }

describe('awaitHealthy', () => {
  test('ends when all is available and has stayed so for the window, having asked for each kind once, and once more for what nothing had confirmed', async () => {
    const stage = new Stage().show('deployment-healthy')
    await stage.wait([WEB])
    await stage.pass(4_999)
    expect(stage.report).toBeUndefined()
    await stage.pass(1)
    expect(stage.report).toMatchObject({
      ended: 'healthy',
      status: 'Healthy',
      seconds: 5,
      notes: [],
      targets: [{ health: { status: 'Healthy', message: '3 replicas available, revision 2' }, since: 0 }],
    })
    expect(stage.report?.targets[0]?.diagnosis).toBeUndefined()
    expect(stage.report?.targets[0]?.tree.map(({ subject, branches }) => [subject.kind, branches.length])).toEqual([['ReplicaSet', 3]])
    const required = ['Deployment metadata.name=web', 'ReplicaSet app=web', 'Pod app=web']
    expect(stage.requests('list')).toEqual([...required, 'Event', ...required])
    expect(stage.requests('watch')).toEqual(stage.requests('list'))
    expect(stage.cluster.watches.count).toBe(0)
  })

  test('judges once from lists with no time given: no watch, no window', async () => {
    const stage = new Stage().show('deployment-healthy')
    await stage.wait([WEB], { timeout: 0 })
    expect(stage.report).toMatchObject({ ended: 'judged-once', status: 'Healthy', seconds: 0 })
    expect(stage.requests('watch')).toEqual([])
  })

  test('judges once what the objects alone prove: a back-off after a restart is a second exit', async () => {
    const stage = new Stage().seed(...workload('pod-crash-loop'))
    stage.cluster.script.log({ namespace: 'shop', pod: POD, container: 'web', previous: true }, 'starting\nno database\n')
    await stage.wait([WEB], { timeout: 0 })
    expect(stage.report).toMatchObject({
      ended: 'judged-once',
      status: 'Degraded',
      targets: [{ diagnosis: { cause: 'crash', certain: true }, log: { pod: POD, container: 'web', previous: true, text: 'starting\nno database' } }],
    })
    expect(stage.requests('logs')).toHaveLength(1)
  })

  const moments = [
    { name: 'a missing image, at the first message', pod: 'pod-image-not-found', cause: 'image-pull', at: 0 },
    { name: 'an image name that is none, at once', pod: 'pod-image-name-invalid', cause: 'image-pull', at: 0 },
    { name: 'a missing ConfigMap, after 5 s', pod: 'pod-config-map-missing', cause: 'missing-config', at: 5_000 },
    { name: 'an init container, at its second exit', pod: 'pod-init-crash-loop', cause: 'init-container', at: 0 },
    { name: 'memory, at the second kill', pod: 'pod-out-of-memory', cause: 'out-of-memory', at: 0 },
    { name: 'a liveness probe, at the second kill', pod: 'pod-liveness-killed-twice', cause: 'probe', at: 0 },
    { name: 'a Pod that fits no node, after 30 s', pod: 'pod-unschedulable', cause: 'unschedulable', at: 30_000 },
    { name: 'a Pod that fits no node and for which no autoscaler helps, after 30 s', pod: 'pod-unschedulable-no-scale-up', cause: 'unschedulable', at: 30_000 },
  ]
  test.each(moments)('names $name', async ({ pod, cause, at }) => {
    const stage = new Stage().seed(...workload('pod-creating'))
    await stage.wait([WEB])
    await stage.pass(10_000)
    stage.seed(...workload(pod))
    if (at > 0) await stage.pass(at - 1)
    const early = stage.report
    await stage.pass(Math.min(at, 1))
    expect(early).toBeUndefined()
    expect({ ended: stage.report?.ended, endedAt: stage.endedAt, cause: stage.report?.targets[0]?.diagnosis?.cause }).toEqual({
      ended: 'doomed',
      endedAt: 10_000 + at,
      cause,
    })
  })

  test('names a failing readiness probe when time is up, and not before', async () => {
    const stage = new Stage().seed(...workload('pod-not-ready'))
    await stage.wait([WEB], { timeout: 60_000 })
    await stage.pass(59_999)
    expect(stage.report).toBeUndefined()
    await stage.pass(1)
    expect(stage.report).toMatchObject({
      ended: 'deadline',
      status: 'Degraded',
      targets: [
        {
          since: 0,
          diagnosis: { cause: 'probe', message: `Pod "shop/${POD}": container "web" fails its readiness probe: HTTP probe failed with statuscode: 503` },
        },
      ],
    })
  })

  test('waits for an autoscaler that says a node is on its way', async () => {
    const stage = new Stage().seed(...workload('pod-unschedulable-while-scaling-up'))
    await stage.wait([WEB])
    await stage.pass(60_000)
    expect(stage.report).toBeUndefined()
  })

  test('names a crash at the second exit with the same code, after another code and a first exit that were no proof', async () => {
    const stage = new Stage().seed(...workload('pod-creating'))
    await stage.wait([WEB])
    const lives = [exited(1, 0), exited(2, 1), exited(2, 2)].map((last, restarts) => [
      container(last, { restartCount: restarts }),
      container(BACKING_OFF, { restartCount: restarts, lastState: last }),
    ])
    for (const [ended, waiting] of lives.slice(0, 2)) {
      stage.seed(podWith(ended ?? {}))
      await stage.pass(1_000)
      stage.seed(podWith(waiting ?? {}))
      await stage.pass(1_000)
    }
    expect(stage.report).toBeUndefined()
    stage.seed(podWith(lives[2]?.[0] ?? {}))
    await stage.pass(0)
    expect(stage.endedAt).toBe(4_000)
    expect(stage.report?.targets[0]?.diagnosis).toMatchObject({
      cause: 'crash',
      message: `Pod "shop/${POD}": container "web" exited with code 2, twice`,
      log: { previous: false },
    })
  })

  test('names quota at the condition of the ReplicaSet', async () => {
    const stage = new Stage().show('deployment-quota')
    await stage.wait([WEB])
    expect(stage.report).toMatchObject({ ended: 'doomed', seconds: 0, targets: [{ diagnosis: { cause: 'quota', object: { kind: 'ReplicaSet' } } }] })
  })

  test('catches a container that dies 20 s after it was ready, when the window is longer', async () => {
    const ready = podWith(container({ running: {} }, { ready: true, started: true }), true)
    const [deployment, set] = workload('pod-creating')
    if (deployment === undefined || set === undefined) throw new Error('expected a Deployment')
    const available = { ...set, status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, availableReplicas: 1 } }
    const stage = new Stage().seed(deployment, available, ready)
    await stage.wait([WEB], { stability: 30_000 })
    await stage.pass(20_000)
    stage.seed(podWith(container(exited(1, 0))), set)
    await stage.pass(1_000)
    stage.seed(podWith(container({ running: {} }, { ready: true, started: true, restartCount: 1, lastState: exited(1, 0) }), true), available)
    await stage.pass(19_000)
    expect(stage.report).toBeUndefined()
    stage.seed(podWith(container(exited(1, 1), { restartCount: 1 })), set)
    await stage.pass(0)
    expect(stage.report).toMatchObject({ ended: 'doomed', targets: [{ diagnosis: { cause: 'crash' } }] })
  })

  test('never calls a Pod stable whose readiness flaps, because the window doubles each time', async () => {
    const [deployment, set] = workload('pod-creating')
    if (deployment === undefined || set === undefined) throw new Error('expected a Deployment')
    const available = { ...set, status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, availableReplicas: 1 } }
    const stage = new Stage().seed(deployment, set, podWith(container({ running: {} }, { started: true })))
    await stage.wait([WEB], { timeout: 60_000 })
    for (let flap = 0; flap < 6; flap += 1) {
      stage.seed(podWith(container({ running: {} }, { ready: true, started: true, flap }), true), available)
      await stage.pass(flap === 0 ? 4_900 : 5_500)
      stage.seed(podWith(container({ running: {} }, { started: true, flap }), false), set)
      await stage.pass(4_000)
    }
    await stage.pass(10_000)
    expect(stage.report).toMatchObject({ ended: 'deadline', targets: [{ diagnosis: { cause: 'probe' } }] })
  })

  test('holds while it cannot see, and goes on when it can again', async () => {
    const stage = new Stage().seed(...workload('pod-creating'))
    await stage.wait([WEB])
    await stage.pass(10_000)
    stage.cluster.script.outage()
    stage.cluster.watches.break()
    await stage.pass(0)
    stage.seed(...workload('pod-crash-loop'))
    await stage.pass(60_000)
    expect(stage.report).toBeUndefined()
    expect(stage.fault).toBeUndefined()
    stage.cluster.script.outage(false)
    await stage.pass(20_000)
    expect(stage.report).toMatchObject({ ended: 'doomed', targets: [{ diagnosis: { cause: 'crash' } }] })
    expect(stage.report?.notes).toEqual([expect.stringMatching(/^The API server was out of reach for 1m\d\ds; nothing was judged meanwhile\.$/)])
  })

  test('says nothing about the targets when time is up and it cannot see', async () => {
    const stage = new Stage().seed(...workload('pod-crash-loop'))
    stage.cluster.script.outage()
    await stage.wait([WEB], { timeout: 30_000 })
    await stage.pass(30_000)
    expect(isFault(stage.fault, 'UNAVAILABLE')).toBe(true)
    expect(String(stage.fault)).toBe(
      'Fault: API server "https://fake.invalid:6443": out of reach for 30s when the time of 30s was up, expected to see the targets',
    )
  })

  test('tells a deletion at once, and what was made anew under the same name', async () => {
    const stage = new Stage().seed(...workload('pod-creating'))
    await stage.wait([WEB])
    await stage.pass(1_000)
    await stage.cluster.delete(WEB.reference)
    await stage.pass(0)
    expect(stage.report).toMatchObject({
      ended: 'missing',
      status: 'Missing',
      seconds: 1,
      targets: [{ health: { message: 'was deleted' }, diagnosis: { cause: 'missing', message: 'Deployment "shop/web": was deleted' } }],
    })
  })

  test('ends at once for a target that is not there, unless it may still appear', async () => {
    const absent = new Stage()
    await absent.wait([WEB])
    expect(absent.report).toMatchObject({ ended: 'missing', seconds: 0, targets: [{ health: { status: 'Missing', message: 'does not exist' } }] })

    const awaited = new Stage()
    await awaited.wait([{ ...WEB, mayAppear: true }])
    await awaited.pass(3_000)
    awaited.show('deployment-healthy')
    await awaited.pass(5_000)
    expect(awaited.report).toMatchObject({ ended: 'healthy', seconds: 8 })
  })

  test('goes on without Events where they may not be read, and says so', async () => {
    const stage = new Stage().seed(...workload('pod-not-ready'))
    stage.cluster.script.deny({ resource: 'events' })
    await stage.wait([WEB], { timeout: 10_000 })
    await stage.pass(10_000)
    expect(stage.report).toMatchObject({
      notes: ['Events may not be read (grant list and watch on events): causes that show only there, such as what a probe said, are missing.'],
      targets: [{ diagnosis: { cause: 'probe', message: `Pod "shop/${POD}": container "web" runs, but its readiness probe has not succeeded` } }],
    })
    const once = new Stage().seed(...workload('pod-crash-loop'))
    once.cluster.script.deny({ resource: 'events' })
    await once.wait([WEB], { timeout: 0 })
    expect(once.report).toMatchObject({ notes: [expect.stringContaining('Events may not be read')], targets: [{ diagnosis: { cause: 'crash' } }] })
  })

  test.each(['deployments', 'replicasets', 'pods'])('is a fault where %s may not be read', async (resource) => {
    for (const timeout of [0, 10_000]) {
      const stage = new Stage().show('deployment-healthy')
      stage.cluster.script.deny({ resource })
      await stage.wait([WEB], { timeout })
      expect(isFault(stage.fault, 'ACCESS_DENIED')).toBe(true)
    }
  })

  test('goes on without a log it may not read, and says so once', async () => {
    const stage = new Stage().seed(...workload('pod-crash-loop'))
    stage.cluster.script.deny({ resource: 'pods', subresource: 'log' })
    await stage.wait([WEB], { timeout: 0 })
    expect(stage.report?.notes).toEqual(['Logs may not be read (grant get on pods/log).'])
    expect(stage.report?.targets[0]?.log).toBeUndefined()
  })

  test('is cancelled by its signal', async () => {
    const stage = new Stage().seed(...workload('pod-creating'))
    const controller = new AbortController()
    await stage.wait([WEB], { signal: controller.signal })
    await stage.pass(1_000)
    controller.abort(new Fault('CANCELLED', 'the user cancelled'))
    await stage.pass(0)
    expect(stage.fault).toEqual(new Fault('CANCELLED', 'the user cancelled'))
    expect(stage.cluster.watches.count).toBe(0)
    const plain = new Stage()
    await plain.wait([WEB], { signal: AbortSignal.abort() })
    expect(isFault(plain.fault, 'CANCELLED')).toBe(true)
  })

  test('waits for several kinds at once and reports them in the order they were asked for', async () => {
    const stage = new Stage().show('service-no-endpoints', 'deployment-healthy', 'persistent-volume-claim-bound')
    await stage.wait([reference('Service', 'web'), WEB, reference('PersistentVolumeClaim', 'data')])
    await stage.pass(30_000)
    expect(stage.report).toBeUndefined()
    stage.show('service-ready')
    await stage.pass(0)
    expect(stage.report?.targets.map(({ reference: { resource }, health, since }) => [resource.kind, health.status, since])).toEqual([
      ['Service', 'Healthy', 0],
      ['Deployment', 'Healthy', 25_000],
      ['PersistentVolumeClaim', 'Healthy', 30_000],
    ])
    expect(stage.changes).toEqual(['0 web Progressing', '0 web Progressing', '0 data Healthy', '5000 web Healthy', '30000 web Healthy'])
  })

  test('asks no more for a hundred Deployments than for one, and fetches at most five logs', async () => {
    const stage = new Stage()
    const targets = Array.from({ length: 100 }, (_, index) => reference('Deployment', `web-${index}`))
    for (const index of targets.keys()) {
      stage.seed(...workload('pod-crash-loop').map((object) => numbered(object, index)))
      stage.cluster.script.log({ namespace: 'shop', pod: `${POD}-${index}`, container: 'web', previous: true }, `log ${index}`)
    }
    await stage.wait(targets)
    await stage.pass(100)
    const verbs = stage.cluster.script.requests.map(({ verb }) => verb)
    expect({ list: stage.requests('list'), others: verbs.filter((verb) => verb !== 'list' && verb !== 'watch') }).toEqual({
      list: ['Deployment', 'ReplicaSet', 'Pod', 'Event'],
      others: ['logs', 'logs', 'logs', 'logs', 'logs'],
    })
    expect(stage.report?.targets.map(({ diagnosis }) => diagnosis?.object.name)).toEqual(targets.map((_, index) => `${POD}-${index}`))
  })
})

/** The same object as one of many: another name and uid, owned by its own owner. */
function numbered(object: KubeObject, index: number): KubeObject {
  const { metadata } = object
  const name = object.kind === 'Deployment' ? `web-${index}` : `${metadata.name}-${index}`
  const ownerReferences = metadata.ownerReferences?.map((owner) => ({ ...owner, uid: `${owner.uid}-${index}` }))
  const involved =
    'involvedObject' in object
      ? { involvedObject: { ...(object.involvedObject as object), uid: `${(object.involvedObject as { uid: string }).uid}-${index}` } }
      : {}
  return {
    ...object,
    ...involved,
    metadata: { ...metadata, name, uid: `${metadata.uid}-${index}`, ...(ownerReferences === undefined ? {} : { ownerReferences }) },
  }
}

/** An API server whose watches have died without a word: connections stand, and nothing comes any more. */
class DeafCluster extends FakeCluster {
  override async *watch(): AsyncGenerator<never> {
    yield await new Promise<never>(() => undefined)
  }
}

describe('a watch that died without a word', () => {
  const clock = new ManualClock()
  const ending = async (stability: number, spoil: (cluster: DeafCluster) => void, after = 10_000) => {
    const cluster = new DeafCluster({ clock, namespaces: ['shop'] })
    const { object, others } = fixture('deployment-healthy')
    cluster.seed(object, ...others)
    const result = awaitHealthy(cluster, [reference('Deployment', object.metadata.name)], { clock, timeout: MINUTES_10, stability }).then(
      ({ status, ended }) => ({ status, ended, at: clock.now() - begun }),
      (error: unknown) => ({ fault: isFault(error) ? error.code : error }),
    )
    const begun = clock.now()
    await clock.advance(after)
    spoil(cluster)
    for (let second = 0; second < 700; second += 1) await clock.advance(1_000)
    return await result
  }

  test('is not believed after a quiet time: a last list confirms what is said', async () => {
    expect(await ending(20_000, () => undefined)).toEqual({ status: 'Healthy', ended: 'healthy', at: 20_000 })
    const sick = (cluster: DeafCluster) => cluster.seed({ ...fixture('deployment-healthy').object, status: {} })
    expect(await ending(20_000, sick)).toMatchObject({ status: 'Progressing', ended: 'deadline' })
  })

  test('is not believed for the length of a short window either', async () => {
    expect(await ending(5_000, (cluster) => cluster.script.outage(), 1_500)).toEqual({ fault: 'UNAVAILABLE' })
  })

  test('ends as out of reach, never as a verdict, where the last list does not come either', async () => {
    expect(await ending(20_000, (cluster) => cluster.script.outage())).toEqual({ fault: 'UNAVAILABLE' })
  })
})
