import { isFault } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import { awaitPicture, follow, WatchExpired, type Cluster, type Followed, type KubeObject, type WatchEvent } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { deadlineIn } from '@fairlead/base'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { json, startServer, status, stream, type Answer, type ScriptedServer } from './scripted-server.ts'
import { kubeconfig, NO_INPUTS, testHost } from './test-host.ts'

const PODS = { resource: { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }, namespace: 'shop' }

function pod(name: string, resourceVersion: string, note = ''): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', resourceVersion, annotations: { note } } }
}

function event(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`
}

const bookmark = (resourceVersion: string) => event('BOOKMARK', { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion } })
const GONE = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Expired', code: 410, message: 'too old resource version: 5 (9)' }
const listOf = (resourceVersion: string, ...items: readonly KubeObject[]) => json({ kind: 'PodList', metadata: { resourceVersion }, items })

let server: ScriptedServer
let clock: ManualClock
let cluster: Cluster

beforeEach(async () => {
  server = await startServer()
  clock = new ManualClock()
  cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: kubeconfig({ server: server.url }), allowInsecure: true }, testHost({ clock }), {
    random: () => 0.5,
    readDeadline: 0,
  })
})

afterEach(async () => {
  cluster.close()
  await server.close()
})

async function watchAll(): Promise<{ events: WatchEvent[]; error: unknown }> {
  const events: WatchEvent[] = []
  try {
    for await (const each of cluster.watch(PODS, { resourceVersion: '5' })) events.push(each)
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}

describe('watch', () => {
  test('asks for bookmarks from a point in history and ends quietly with the server', async () => {
    server.script(stream([event('ADDED', pod('a', '6')), bookmark('9')]))
    expect(await watchAll()).toEqual({
      events: [
        { type: 'ADDED', object: pod('a', '6') },
        { type: 'BOOKMARK', resourceVersion: '9' },
      ],
      error: undefined,
    })
    expect(server.requests[0]?.query).toEqual({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '5', timeoutSeconds: '600' })
  })

  test('puts together what the network cut, in the middle of characters, with lines of many megabytes', async () => {
    const long = pod('a', '6', '→'.repeat(1_200_000))
    const bytes = Buffer.from(`\uFEFF${event('ADDED', long)}${event('MODIFIED', pod('ü', '7', 'größer'))}`)
    const pieces = [
      bytes.subarray(0, 2),
      bytes.subarray(2, 200),
      bytes.subarray(200, 201),
      bytes.subarray(201, bytes.length - 60),
      ...[...bytes.subarray(bytes.length - 60)].map((byte) => Buffer.from([byte])),
    ]
    server.script(stream(pieces))
    expect(await watchAll()).toEqual({
      events: [
        { type: 'ADDED', object: long },
        { type: 'MODIFIED', object: pod('ü', '7', 'größer') },
      ],
      error: undefined,
    })
  })

  const whole = event('ADDED', pod('a', '6'))
  test.each<{ name: string; answer: Answer; code: string }>([
    { name: 'an event cut short', answer: stream([whole, whole.slice(0, 40)]), code: 'UNAVAILABLE' },
    { name: 'an event cut by a lost connection', answer: stream([whole, whole.slice(0, 40)], 'break'), code: 'UNAVAILABLE' },
    { name: 'a connection lost between two events', answer: stream([whole], 'break'), code: 'UNAVAILABLE' },
    { name: 'a line that is no JSON', answer: stream([whole, 'nonsense\n', whole]), code: 'UNAVAILABLE' },
    {
      name: 'bytes that are no text',
      answer: stream([whole, Buffer.from(event('ADDED', pod('b', '7', 'x\u0001y')).replace('\\u0001', '\u00ff'), 'latin1')]),
      code: 'UNAVAILABLE',
    },
    { name: 'an unknown event', answer: stream([whole, event('RENAMED', pod('a', '7'))]), code: 'UNAVAILABLE' },
    { name: 'an object without a version', answer: stream([whole, event('ADDED', { metadata: { name: 'x' } })]), code: 'UNAVAILABLE' },
    { name: 'an error of the server', answer: stream([whole, event('ERROR', { ...GONE, code: 500, reason: 'InternalError' })]), code: 'UNAVAILABLE' },
    {
      name: 'a permission taken away',
      answer: stream([whole, event('ERROR', { ...GONE, code: 403, reason: 'Forbidden', message: 'User "ci" cannot watch resource "pods" in API group ""' })]),
      code: 'ACCESS_DENIED',
    },
  ])('never skips $name', async ({ answer, code }) => {
    server.script(answer)
    const { events, error } = await watchAll()
    expect(events).toEqual([{ type: 'ADDED', object: pod('a', '6') }])
    expect(isFault(error) && error.code).toBe(code)
    expect(error).not.toBeInstanceOf(WatchExpired)
  })

  test.each([
    { name: 'as a status', answer: status(410, 'Expired', 'too old resource version') },
    { name: 'as an event', answer: stream([event('ERROR', GONE)]) },
  ])('says WatchExpired for a 410 $name', async ({ answer }) => {
    server.script(answer)
    expect((await watchAll()).error).toBeInstanceOf(WatchExpired)
  })

  test('leaves managedFields out, unless asked', async () => {
    const managed = { ...pod('a', '6'), metadata: { ...pod('a', '6').metadata, managedFields: [{}] } }
    server.script(stream([event('ADDED', managed)]))
    expect((await watchAll()).events).toEqual([{ type: 'ADDED', object: pod('a', '6') }])
    for await (const each of cluster.watch({ ...PODS, managedFields: true }, { resourceVersion: '5' })) expect(each).toEqual({ type: 'ADDED', object: managed })
  })
})

describe('follow', () => {
  let followed: Followed
  const start = () => (followed = follow(cluster, PODS, { clock, random: () => 0.5 }))
  afterEach(() => followed.stop())
  const seen = () => followed.objects().map(({ metadata: { name, resourceVersion } }) => `${name}@${resourceVersion}`)
  /** The requests so far: `list`, or `watch` with the point it began at. */
  const asked = () => server.requests.map(({ query }) => (query['watch'] === 'true' ? `watch ${query['resourceVersion']}` : 'list'))

  test('lists once and watches once', async () => {
    server.script(listOf('5', pod('a', '3')), stream([event('ADDED', pod('b', '6')), event('DELETED', pod('a', '7'))], 'silence'))
    start()
    await followed.synced
    await expect.poll(seen).toEqual(['b@6'])
    expect(asked()).toEqual(['list', 'watch 5'])
    expect(followed.blindSince()).toBeUndefined()
  })

  test('begins the next watch at once, from the last bookmark, when the server closes one', async () => {
    server.script(listOf('5'), stream([bookmark('8')]), stream([bookmark('9')]), stream([bookmark('12')]), stream([], 'silence'))
    start()
    await expect.poll(asked).toEqual(['list', 'watch 5', 'watch 8', 'watch 9', 'watch 12'])
    expect(clock.now()).toBe(0)
  })

  test.each([
    { name: 'as a status', answer: status(410, 'Expired', 'too old') },
    { name: 'as an event', answer: stream([event('ERROR', GONE)]) },
  ])('lists again after a 410 $name, and knows what was deleted meanwhile', async ({ answer }) => {
    server.script(listOf('5', pod('a', '3'), pod('b', '4')), answer, listOf('9', pod('b', '8')), stream([], 'silence'))
    start()
    await expect.poll(asked).toEqual(['list', 'watch 5', 'list', 'watch 9'])
    await expect.poll(seen).toEqual(['b@8'])
  })

  test('holds what it saw while nobody answers, says since when, and recovers', async () => {
    server.script(listOf('5', pod('a', '3')), stream([], 'break'), status(503, '', ''), status(503, '', ''), listOf('9', pod('a', '3')), stream([], 'silence'))
    start()
    await followed.synced
    await expect.poll(() => followed.blindSince()).toBe(0)
    await clock.advance(250)
    await expect.poll(asked).toEqual(['list', 'watch 5', 'list'])
    await expect.poll(async () => clock.advance(100).then(() => asked().length)).toBe(4)
    expect(followed.blindSince()).toBe(0)
    expect(seen()).toEqual(['a@3'])
    await expect.poll(async () => clock.advance(100).then(() => asked().length)).toBe(6)
    expect(followed.blindSince()).toBeUndefined()
    expect(followed.lastContact()).toBeGreaterThan(1_000)
  })

  test('takes silence for a dead connection', async () => {
    server.script(listOf('5', pod('a', '3')), stream([bookmark('6')], 'silence'), listOf('9', pod('b', '8')), stream([], 'silence'))
    start()
    await expect.poll(asked).toEqual(['list', 'watch 5'])
    await clock.advance(89_000)
    expect(asked()).toEqual(['list', 'watch 5'])
    await clock.advance(1_500)
    await expect.poll(asked).toEqual(['list', 'watch 5', 'list', 'watch 9'])
    expect(seen()).toEqual(['b@8'])
  })

  test('says that it is blind while the list after a silence is not answered', async () => {
    server.script(listOf('5', pod('a', '3')), stream([], 'silence'), stream([], 'silence'))
    start()
    await expect.poll(asked).toEqual(['list', 'watch 5'])
    await clock.advance(90_000)
    await expect.poll(asked).toEqual(['list', 'watch 5', 'list'])
    expect(followed.blindSince()).toBe(0)
    expect(seen()).toEqual(['a@3'])
  })

  test('lists again now and then, whatever the watch says', async () => {
    followed = follow(cluster, PODS, { clock, relist: 60_000 })
    server.script(listOf('5', pod('a', '3')), stream([], 'silence'), listOf('9', pod('b', '8')), stream([], 'silence'))
    await expect.poll(asked).toEqual(['list', 'watch 5'])
    await clock.advance(60_000)
    await expect.poll(asked).toEqual(['list', 'watch 5', 'list', 'watch 9'])
    expect(seen()).toEqual(['b@8'])
  })

  test('ignores what is older than what it knows, within one watch', async () => {
    server.script(
      listOf('20', pod('a', '10')),
      stream([event('MODIFIED', pod('a', '9')), event('DELETED', pod('a', '9')), event('ADDED', pod('b', '21'))], 'silence'),
    )
    start()
    await expect.poll(seen).toEqual(['a@10', 'b@21'])
  })

  test('believes a list with older versions: the cluster was restored from a backup', async () => {
    server.script(
      listOf('20', pod('a', '10')),
      stream([event('ERROR', GONE)]),
      listOf('7', pod('a', '4')),
      stream([event('MODIFIED', pod('a', '8'))], 'silence'),
    )
    start()
    await expect.poll(seen).toEqual(['a@8'])
  })

  test('pauses, longer and longer, when every watch is closed at once', async () => {
    server.script(listOf('5'), stream([]), listOf('5'), stream([]), listOf('5'), stream([], 'silence'))
    start()
    await expect.poll(asked).toEqual(['list', 'watch 5'])
    await expect.poll(async () => clock.advance(50).then(() => asked().length)).toBe(4)
    await expect.poll(async () => clock.advance(50).then(() => asked().length)).toBe(6)
    expect(clock.now()).toBeGreaterThanOrEqual(750)
  })

  test.each([
    {
      name: 'access is denied',
      answer: status(403, 'Forbidden', 'User "ci" cannot list resource "pods" in API group "" in the namespace "shop"'),
      code: 'ACCESS_DENIED',
    },
    {
      name: 'the kind is not served',
      answer: status(404, 'NotFound', { message: 'the server could not find the requested resource', details: {} }),
      code: 'UNSUPPORTED',
    },
  ])('ends when $name', async ({ answer, code }) => {
    server.script(answer)
    start()
    await expect(followed.synced).rejects.toMatchObject({ code })
    await expect(followed.failure).rejects.toMatchObject({ code })
    expect(asked()).toEqual(['list'])
  })

  test('tells every change, and keeps the array while nothing changes', async () => {
    server.script(listOf('5', pod('a', '3')), stream([event('ADDED', pod('b', '6')), bookmark('8')], 'silence'))
    start()
    let told = 0
    followed.changed(() => (told += 1))
    await expect.poll(seen).toEqual(['a@3', 'b@6'])
    expect(told).toBe(2)
    expect(followed.objects()).toBe(followed.objects())
  })

  test('stops with its signal', async () => {
    const over = new AbortController()
    server.script(stream([], 'silence'))
    followed = follow(cluster, PODS, { clock, signal: over.signal })
    over.abort(new Error('enough'))
    await expect(followed.failure).rejects.toMatchObject({ message: 'enough' })
  })
})

describe('awaitPicture', () => {
  const both = () => [follow(cluster, PODS, { clock }), follow(cluster, { ...PODS, namespace: 'other' }, { clock })]

  test('answers as soon as the predicate does, over all selections', async () => {
    server.script(listOf('5'), listOf('5'), stream([event('ADDED', pod('a', '6'))], 'silence'))
    const followed = both()
    const answer = await awaitPicture(followed, () => (followed.every((each) => each.objects().length > 0) ? 'all there' : undefined), {
      clock,
      deadline: deadlineIn(clock, 10_000),
    })
    expect(answer).toBe('all there')
    for (const each of followed) each.stop()
  })

  test('answers undefined at the deadline, and judges nothing while it is blind', async () => {
    server.script(listOf('5'), stream([], 'break'), status(503, '', ''))
    const followed = follow(cluster, PODS, { clock })
    let judged = 0
    const waiting = awaitPicture([followed], () => void (judged += 1), { clock, deadline: deadlineIn(clock, 5_000) })
    await followed.synced
    await expect.poll(() => followed.blindSince()).toBe(0)
    const before = judged
    await clock.advance(5_000)
    expect(await waiting).toBeUndefined()
    expect(judged).toBe(before)
    followed.stop()
  })

  test('judges again without a change, for what time alone decides', async () => {
    server.script(listOf('5'), stream([], 'silence'))
    const followed = follow(cluster, PODS, { clock })
    await followed.synced
    const waiting = awaitPicture([followed], () => (clock.now() >= 3_000 ? clock.now() : undefined), { clock, deadline: deadlineIn(clock, 60_000) })
    await clock.advance(3_000)
    expect(await waiting).toBe(3_000)
    followed.stop()
  })

  test('throws what ended a selection', async () => {
    server.script(status(404, 'NotFound', { message: 'the server could not find the requested resource', details: {} }))
    const followed = follow(cluster, PODS, { clock })
    await expect(awaitPicture([followed], () => true, { clock, deadline: deadlineIn(clock, 5_000) })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })
})
