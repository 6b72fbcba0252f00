import { Fault, isFault } from '@fairlead/base'
import type { KubeObject, StringMap } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { describe, expect, test } from 'vitest'
import { demandOwnFence, FENCE_LABEL, fenceApp, fenceOf } from '../../src/lock/index.ts'

const PLACE = { namespace: 'shop', app: 'web', services: ['web', 'web-preview'] }

function service(labels?: StringMap): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', ...(labels === undefined ? {} : { labels }) },
    spec: { selector: { app: 'web' } },
  }
}

function deployment(name: string, labels?: StringMap): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', ...(labels === undefined ? {} : { labels }) },
    spec: { replicas: 2 },
  }
}

function shop(...objects: readonly KubeObject[]): FakeCluster {
  const cluster = new FakeCluster({ namespaces: ['shop'] })
  cluster.seed(...objects)
  return cluster
}

/** The labels of all that can be fenced. */
function labels(cluster: FakeCluster): Readonly<Record<string, StringMap | undefined>> {
  const objects = cluster.objects().filter(({ kind }) => kind !== 'Namespace')
  return Object.fromEntries(objects.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.labels]))
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing',
    (error: unknown) => (isFault(error) ? error.code : 'no Fault'),
  )
}

describe('fenceApp', () => {
  test('writes the token to pointers and Deployments that exist, and leaves everything else of them as it is', async () => {
    const cluster = shop(service(), deployment('web-blue', { app: 'web', [FENCE_LABEL]: '3' }), deployment('web', { app: 'web' }), deployment('web-other'))
    const before = cluster.objects().map(({ spec }) => spec)
    await fenceApp(cluster, PLACE, 8)
    expect(labels(cluster)).toEqual({
      'Service web': { 'fairlead.dev/move': '8-0' },
      'Deployment web-blue': { app: 'web', 'fairlead.dev/fence': '8' },
      'Deployment web': { app: 'web', 'fairlead.dev/fence': '8' },
      'Deployment web-other': undefined,
    })
    expect(cluster.objects().map(({ spec }) => spec)).toEqual(before)
    const writes = cluster.script.requests.filter(({ verb }) => verb === 'patch').map(({ kind, manager }) => `${kind} ${manager}`)
    expect(writes.toSorted()).toEqual(['Deployment fairlead-fence', 'Deployment fairlead-fence', 'Service fairlead-pointer'])
  })

  test('writes nothing where the token stands already', async () => {
    const cluster = shop(service({ 'fairlead.dev/move': '8-2' }), deployment('web-green', { [FENCE_LABEL]: '8' }))
    await fenceApp(cluster, PLACE, 8)
    expect(cluster.script.requests.map(({ verb }) => verb)).toEqual(['get', 'get', 'get', 'get', 'get'])
  })

  test.each([
    ['a pointer', service({ 'fairlead.dev/move': '9-1' })],
    ['a Deployment', deployment('web-green', { [FENCE_LABEL]: '9' })],
  ])('is refused where %s carries a greater token', async (_name, object) => {
    const cluster = shop(object)
    expect(await codeOf(fenceApp(cluster, PLACE, 8))).toBe('CONFLICT')
    expect(cluster.objects().at(-1)?.metadata.labels).toEqual(object.metadata.labels)
  })

  test('is refused by a greater token that comes between its read and its write', async () => {
    const cluster = shop(service({ 'fairlead.dev/move': '7-1' }))
    let others = 1
    cluster.script.intercept(({ verb, kind }) => {
      if (verb === 'patch' && kind === 'Service' && others-- > 0) cluster.seed(service({ 'fairlead.dev/move': '9-0' }))
    })
    expect(await codeOf(fenceApp(cluster, PLACE, 8))).toBe('CONFLICT')
    expect(labels(cluster)).toEqual({ 'Service web': { 'fairlead.dev/move': '9-0' } })
  })

  test.each([
    ['twice', 2, 'nothing', '8-0'],
    ['again and again', 100, 'INPUT_INVALID', '7-5'],
  ])('reads again when the one that was overtaken moves %s meanwhile', async (_name, times, code, move) => {
    const cluster = shop(service({ 'fairlead.dev/move': '7-0' }))
    let moves = 0
    cluster.script.intercept(({ verb, kind }) => {
      if (verb !== 'patch' || kind !== 'Service' || moves === times) return
      moves += 1
      cluster.seed(service({ 'fairlead.dev/move': `7-${moves}` }))
    })
    expect([await codeOf(fenceApp(cluster, PLACE, 8)), labels(cluster)['Service web']]).toEqual([code, { 'fairlead.dev/move': move }])
  })

  test('tries again what was not heard, once it was', async () => {
    const cluster = shop(service(), deployment('web-blue'))
    cluster.script.fail({ verb: 'patch', kind: 'Service' }, 'reply-lost')
    cluster.script.fail({ verb: 'patch', kind: 'Deployment' }, new Fault('UNAVAILABLE', 'no answer'))
    await fenceApp(cluster, PLACE, 8)
    expect(labels(cluster)).toEqual({ 'Service web': { 'fairlead.dev/move': '8-0' }, 'Deployment web-blue': { 'fairlead.dev/fence': '8' } })
    expect(cluster.script.requests.filter(({ verb }) => verb === 'patch')).toHaveLength(3)
  })

  test('says what a webhook said: the label was as it was read', async () => {
    const cluster = shop(service())
    cluster.script.fail({ verb: 'patch' }, { code: 422, reason: 'Invalid', message: 'no labels here' }, 100)
    await expect(fenceApp(cluster, PLACE, 8)).rejects.toThrow('no labels here')
    expect(cluster.script.requests.filter(({ verb }) => verb === 'patch')).toHaveLength(1)
  })

  test('passes over what is deleted between its read and its write', async () => {
    const cluster = shop(deployment('web-blue'))
    let deleted = false
    cluster.script.intercept(async ({ verb }) => {
      if (verb !== 'patch' || deleted) return
      deleted = true
      await cluster.delete({ resource: await cluster.resourceNamed('deployments'), namespace: 'shop', name: 'web-blue' })
    })
    await fenceApp(cluster, PLACE, 8)
    expect(labels(cluster)).toEqual({})
  })
})

describe('fenceOf', () => {
  test.each([
    ['a fence', { 'fairlead.dev/fence': '12' }, 12],
    ['a move', { 'fairlead.dev/move': '12-3' }, 12],
    ['neither', { app: 'web' }, undefined],
    ['a fence that is not ours', { 'fairlead.dev/fence': 'wood' }, undefined],
    ['a move that is not ours', { 'fairlead.dev/move': '12' }, undefined],
  ])('reads %s', (_name, found, token) => {
    expect(fenceOf(service(found))).toBe(token)
  })
})

describe('demandOwnFence', () => {
  test.each([undefined, '6', '7'])('lets an object pass whose token is not greater than ours: %s', (fence) => {
    expect(() => demandOwnFence(deployment('web-blue', fence === undefined ? undefined : { [FENCE_LABEL]: fence }), 7)).not.toThrow()
  })

  test('says that another run has taken over where it is greater', () => {
    expect(() => demandOwnFence(deployment('web-blue', { [FENCE_LABEL]: '8' }), 7)).toThrow(
      'Deployment "shop/web-blue": another run has taken over, expected token 7 or less, got 8',
    )
  })
})
