import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sentenceOf, startProxy, write, type FaultProxy, type StreamEnd, type Trouble } from '../src/index.ts'
import { ask, openStage, type Stage } from './server.ts'

let stage: Stage
let proxy: FaultProxy
beforeEach(async () => {
  stage = await openStage()
  proxy = await startProxy({ server: stage.url })
})
afterEach(async () => {
  await proxy.close()
  await stage.close()
})

const MAPS = '/api/v1/namespaces/shop/configmaps'
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/shop/leases/fairlead.web'
const put = (body: string, path = `${MAPS}/one`) => ask(`${proxy.url}${path}`, { method: 'PUT', body })
const nothing = { body: '', whole: false }
/** Long enough for what must not happen on loopback; a loaded machine can only make the test miss, never fail. */
const LONG = 60

describe('startProxy', () => {
  test('carries requests with their headers, and counts them', async () => {
    const { body, status, headers } = await ask(`${proxy.url}${MAPS}/one`, { method: 'PUT', body: 'a', headers: { authorization: 'Bearer t' } }).heard
    await ask(`${proxy.url}${MAPS}`).heard
    await put('b').heard
    expect({ status, body, seen: headers?.['x-seen'], done: stage.done }).toEqual({ status: 200, body: '["a"]', seen: 'Bearer t', done: ['a', 'b'] })
    expect(proxy.requests.map((asked) => [sentenceOf(asked), asked.number, asked.nth, asked.again])).toEqual([
      ['update configmaps one', 1, 1, 1],
      ['list configmaps', 2, 0, 1],
      ['update configmaps one', 3, 2, 2],
    ])
  })

  test('does not number renewals, of which there are as many as time allows', async () => {
    const lease = (holderIdentity: string, leaseTransitions: number) => JSON.stringify({ spec: { holderIdentity, leaseTransitions } })
    for (const body of [lease('a', 1), lease('a', 1), lease('a', 2), lease('', 2), lease('b', 3), lease('b', 3)]) await put(body, LEASE).heard
    expect(proxy.requests.map(({ nth, renewal }) => (renewal ? 'renewal' : nth))).toEqual([1, 'renewal', 2, 3, 4, 'renewal'])
  })

  test('holds a write before the server hears of it, and lets it go on', async () => {
    const rule = proxy.when(write(2), { kind: 'hold', side: 'before' })
    await put('a').heard
    const second = put('b')
    expect((await rule.struck).nth).toBe(2)
    await sleep(LONG)
    expect(stage.done).toEqual(['a'])
    rule.release()
    expect((await second.heard).body).toBe('["a","b"]')
  })

  test('holds the reply of a write that the server has done', async () => {
    const rule = proxy.when(write(1), { kind: 'hold', side: 'after' })
    const first = put('a')
    await rule.struck
    expect(stage.done).toEqual(['a'])
    expect(first.body()).toBe('')
    rule.release()
    expect(await first.heard).toMatchObject({ status: 200, body: '["a"]', whole: true })
  })

  test('never carries the held write of one who has gone', async () => {
    const rule = proxy.when(write(1), { kind: 'hold', side: 'before' })
    const first = put('a')
    await rule.struck
    first.giveUp()
    await first.heard
    await sleep(LONG)
    rule.release()
    await put('b').heard
    expect(stage.done).toEqual(['b'])
  })

  test.each<[string, Trouble, readonly string[]]>([
    ['the request', { kind: 'lose', side: 'before' }, []],
    ['the reply', { kind: 'lose', side: 'after' }, ['a']],
  ])('loses %s', async (_, trouble, done) => {
    proxy.when(write(1), trouble)
    expect(await put('a').heard).toEqual(nothing)
    expect(stage.done).toEqual(done)
    expect(proxy.requests[0]?.status).toBe(done.length === 0 ? undefined : 200)
  })

  test.each<['before' | 'after', readonly string[]]>([
    ['before', []],
    ['after', ['a']],
  ])('is silent %s the server was asked', async (side, done) => {
    const rule = proxy.when(write(1), { kind: 'silence', side })
    const asking = put('a')
    await rule.struck
    expect(await Promise.race([asking.heard, sleep(LONG, 'nothing')])).toBe('nothing')
    expect(stage.done).toEqual(done)
    asking.giveUp()
  })

  test('answers in the place of the server, so often and no more', async () => {
    const rule = proxy.when(({ write }) => write, { kind: 'answer', status: 429, headers: { 'retry-after': '1' } }, 2)
    const { status, headers, body } = await put('a').heard
    expect({ status, after: headers?.['retry-after'], body: JSON.parse(body) }).toEqual({
      status: 429,
      after: '1',
      body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'a test stands in the way', reason: 'TooManyRequests', code: 429 },
    })
    await put('b').heard
    await put('c').heard
    expect({ strikes: rule.strikes, done: stage.done }).toEqual({ strikes: 2, done: ['c'] })
  })

  test('carries late', async () => {
    proxy.when(write(1), { kind: 'delay', milliseconds: LONG })
    const first = put('a')
    await put('b').heard
    await first.heard
    expect(stage.done).toEqual(['b', 'a'])
  })

  test.each<[StreamEnd, string, boolean | 'open']>([
    ['cut', 'one\ntw', false],
    [
      'gone',
      'one\n{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version","reason":"Expired","code":410}}\n',
      true,
    ],
    ['closed', 'one\n', true],
    ['quiet', 'one\n', 'open'],
  ])('lets a watch end: %s', async (end, body, whole) => {
    proxy.when(({ verb }) => verb === 'watch', { kind: 'stream', lines: 1, end })
    const asking = ask(`${proxy.url}${MAPS}?watch=true`)
    await stage.watched
    stage.tell('one')
    stage.tell('two')
    const heard = await Promise.race([asking.heard, sleep(whole === 'open' ? LONG : 5_000)])
    expect({ body: asking.body(), whole: heard?.whole ?? 'open' }).toEqual({ body, whole })
    asking.giveUp()
  })

  test('carries a watch line by line as long as nobody comes between', async () => {
    const asking = ask(`${proxy.url}${MAPS}?watch=true`)
    await stage.watched
    stage.tell('one')
    while (asking.body() !== 'one\n') await sleep(5)
    asking.giveUp()
    expect((await asking.heard).whole).toBe(false)
  })

  test('ends what it carries when the server dies', async () => {
    const asking = ask(`${proxy.url}${MAPS}?watch=true`)
    await stage.watched
    await stage.close()
    expect((await asking.heard).whole).toBe(false)
    expect(await ask(`${proxy.url}${MAPS}`).heard).toEqual(nothing)
  })

  test('throws away what it holds when it is calmed', async () => {
    const rule = proxy.when(write(1), { kind: 'hold', side: 'before' })
    const first = put('a')
    await rule.struck
    proxy.calm()
    expect(await first.heard).toEqual(nothing)
    await put('b').heard
    expect(stage.done).toEqual(['b'])
  })
})
