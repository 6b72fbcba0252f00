import { awaitPicture, follow, valueAt, type KubeObject } from '@fairlead/kube'
import { deploymentController, endpointSliceController, FakeCluster, type DeploymentScript } from '@fairlead/kube/testing'
import { deadlineIn } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import { describe, expect, test } from 'vitest'

const BY = { manager: 'test' }
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }
const WEB = { resource: DEPLOYMENT, name: 'web' }

function deployment(image: string, replicas: number): KubeObject {
  const labels = { app: 'web' }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image }] } }
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas, selector: { matchLabels: labels }, template } }
}

function cluster(script: DeploymentScript = {}): FakeCluster {
  const fake = new FakeCluster()
  fake.control(deploymentController(script))
  fake.control(endpointSliceController())
  return fake
}

const of = (fake: FakeCluster, kind: string) => fake.objects().filter((object) => object.kind === kind)
const images = (fake: FakeCluster) => of(fake, 'Pod').map((pod) => valueAt(pod, ['spec', 'containers', 0, 'image']))

describe('deploymentController', () => {
  test('makes a ReplicaSet, its Pods, and a status that has seen the generation', async () => {
    const fake = cluster()
    const applied = await fake.apply(deployment('web:1', 2), BY)
    expect((await fake.get(WEB))?.status).toMatchObject({
      observedGeneration: applied.metadata.generation,
      replicas: 2,
      updatedReplicas: 2,
      availableReplicas: 2,
    })
    expect(of(fake, 'ReplicaSet').map(({ metadata }) => metadata.annotations)).toEqual([{ 'deployment.kubernetes.io/revision': '1' }])
    expect(images(fake)).toEqual(['web:1', 'web:1'])
    expect(of(fake, 'Pod')[0]?.metadata.ownerReferences).toMatchObject([{ kind: 'ReplicaSet', controller: true }])
  })

  test('rolls a new template, keeps the old ReplicaSet at zero, and raises it when it comes back', async () => {
    const fake = cluster()
    await fake.apply(deployment('web:1', 2), BY)
    await fake.apply(deployment('web:2', 2), BY)
    expect(images(fake)).toEqual(['web:2', 'web:2'])
    await fake.apply(deployment('web:1', 1), BY)
    expect(images(fake)).toEqual(['web:1'])
    expect(of(fake, 'ReplicaSet').map((set) => [valueAt(set, ['spec', 'replicas']), set.metadata.annotations?.['deployment.kubernetes.io/revision']])).toEqual([
      [1, '3'],
      [0, '2'],
    ])
  })

  test('scales a paused Deployment and does not roll it', async () => {
    const fake = cluster()
    await fake.apply(deployment('web:1', 1), BY)
    await fake.patch(WEB, [{ op: 'add', path: '/spec/paused', value: true }], BY)
    await fake.apply(deployment('web:2', 3), BY)
    expect(images(fake)).toEqual(['web:1', 'web:1', 'web:1'])
  })

  test('lets the script decide over Pods', async () => {
    const fake = cluster({
      fate: (pod) => (pod.metadata.name.endsWith('-0') ? 'ready' : { waiting: { reason: 'ImagePullBackOff', message: 'no such image' }, restarts: 2 }),
    })
    await fake.apply(deployment('web:1', 2), BY)
    expect((await fake.get(WEB))?.status).toMatchObject({ replicas: 2, availableReplicas: 1 })
    expect(valueAt(of(fake, 'Pod')[1], ['status', 'containerStatuses', 0])).toMatchObject({
      ready: false,
      restartCount: 2,
      state: { waiting: { reason: 'ImagePullBackOff' } },
    })
  })

  test('takes everything away with the Deployment', async () => {
    const fake = cluster()
    await fake.apply(deployment('web:1', 2), BY)
    await fake.delete(WEB)
    expect(fake.objects().map(({ kind }) => kind)).toEqual(['Namespace'])
  })
})

describe('endpointSliceController', () => {
  test('copies labels and selects Pods', async () => {
    const fake = cluster()
    await fake.apply(deployment('web:1', 2), BY)
    await fake.create(
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', labels: { 'fairlead.dev/move': '1-1' } },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      },
      BY,
    )
    const [slice] = of(fake, 'EndpointSlice')
    expect(slice?.metadata.labels).toMatchObject({ 'fairlead.dev/move': '1-1', 'kubernetes.io/service-name': 'web' })
    expect((slice as unknown as { endpoints: { targetRef: { uid: string } }[] }).endpoints.map(({ targetRef }) => targetRef.uid)).toEqual(
      of(fake, 'Pod').map(({ metadata }) => metadata.uid),
    )
  })
})

describe('a hundred Deployments', () => {
  test('are followed with one list and one watch a kind', async () => {
    const fake = cluster()
    const clock = new ManualClock()
    for (let index = 0; index < 100; index += 1) fake.seed({ ...deployment('web:1', 3), metadata: { name: `web-${index}`, namespace: 'default' } })
    const kinds = await Promise.all(['deploy', 'rs', 'po'].map((name) => fake.resourceNamed(name)))
    const followed = kinds.map((resource) => follow(fake, { resource, namespace: 'default' }, { clock }))
    const ready = () => followed[2]?.objects().filter((pod) => valueAt(pod, ['status', 'phase']) === 'Running').length
    expect(await awaitPicture(followed, () => (ready() === 300 ? ready() : undefined), { clock, deadline: deadlineIn(clock, 60_000) })).toBe(300)
    expect(fake.script.requests.map(({ verb, kind }) => `${verb} ${kind}`).toSorted()).toEqual([
      'list Deployment',
      'list Pod',
      'list ReplicaSet',
      'watch Deployment',
      'watch Pod',
      'watch ReplicaSet',
    ])
    for (const each of followed) each.stop()
  })
})

describe('a script', () => {
  test('fails, loses replies, denies and intercepts', async () => {
    const fake = new FakeCluster()
    fake.script.fail({ verb: 'apply' }, { code: 409, reason: 'Conflict', message: 'not now' })
    await expect(fake.apply(deployment('web:1', 1), BY)).rejects.toMatchObject({ code: 'CONFLICT' })
    fake.script.fail({ verb: 'apply' }, 'reply-lost')
    await expect(fake.apply(deployment('web:1', 1), BY)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(await fake.get(WEB)).toBeDefined()
    fake.script.deny({ verb: 'patch', resource: 'deployments' })
    expect(await fake.may({ verb: 'patch', group: 'apps', resource: 'deployments' })).toBe(false)
    await expect(fake.apply(deployment('web:1', 1), BY)).rejects.toMatchObject({ code: 'ACCESS_DENIED', hint: expect.stringContaining('verbs: ["patch"]') })
    fake.script.intercept(({ verb }) => {
      if (verb === 'get') throw new Error('intercepted')
    })
    await expect(fake.get(WEB)).rejects.toThrow('intercepted')
    fake.script.outage()
    await expect(fake.list({ resource: DEPLOYMENT })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    fake.script.outage(false)
    expect((await fake.list({ resource: DEPLOYMENT })).items).toHaveLength(1)
  })

  test('answers logs and proxied requests', async () => {
    const fake = new FakeCluster()
    fake.script.log({ namespace: 'default', pod: 'web-0', container: 'web', previous: true }, 'one\ntwo\nthree\n')
    expect(await fake.logs({ namespace: 'default', pod: 'web-0', container: 'web', previous: true, tailLines: 2 })).toBe('two\nthree\n')
    expect(await fake.logs({ namespace: 'default', pod: 'web-0', container: 'web' })).toBeUndefined()
    fake.seed({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0', namespace: 'default' } })
    fake.script.proxy(({ path }) => ({ status: 200, body: path, headers: {} }))
    expect(await fake.proxy({ namespace: 'default', target: 'pods', name: 'web-0', path: '/x', timeout: 1 })).toEqual({ status: 200, body: '/x', headers: {} })
  })

  test('keeps what is stored from being changed behind its back', async () => {
    const fake = new FakeCluster()
    fake.seed(deployment('web:1', 1))
    const found = await fake.get(WEB)
    expect(() => Object.assign(found?.metadata ?? {}, { name: 'other' })).toThrow(TypeError)
  })
})
