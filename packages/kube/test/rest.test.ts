import { isFault } from '@fairlead/base'
import type { Cluster, KubeObject } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { json, lines, loseReply, startServer, status, type ScriptedServer } from './scripted-server.ts'
import { faultOf } from './visiting.ts'
import { HurriedClock, kubeconfig, NO_INPUTS, testHost } from './test-host.ts'

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }
const BY = { manager: 'fairlead' }
const PATH = '/api/v1/namespaces/shop/configmaps/web'
const AT = { resource: CONFIG_MAP, name: 'web' }

function configMap(data: unknown, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop', ...metadata }, data } as KubeObject
}

let server: ScriptedServer
let clock: HurriedClock
let cluster: Cluster

beforeEach(async () => {
  server = await startServer()
  clock = new HurriedClock()
  cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: kubeconfig({ server: server.url }), allowInsecure: true }, testHost({ clock }), {
    random: () => 0.5,
  })
})

afterEach(async () => {
  cluster.close()
  await server.close()
})

describe('reads', () => {
  test('say who asks, for what, as whom', async () => {
    server.script(json(configMap({ a: '1' })))
    expect(await cluster.get(AT)).toEqual(configMap({ a: '1' }))
    expect(server.requests).toEqual([
      {
        method: 'GET',
        path: PATH,
        search: '',
        query: {},
        body: '',
        headers: expect.objectContaining({ accept: 'application/json', 'user-agent': 'fairlead/0.1.0', authorization: 'Bearer a-token-of-some-length' }),
      },
    ])
  })

  test('wait as long as a 429 asks, and a little longer', async () => {
    server.script(status(429, 'TooManyRequests', { message: 'slow down', headers: { 'retry-after': '2' } }), json(configMap({})))
    await cluster.get(AT)
    expect(clock.pauses).toEqual([2_062.5])
  })

  test('outlast a burst of 500, 502, 503 and 504 with growing pauses', async () => {
    server.script(
      status(500, 'InternalError', 'etcdserver: leader changed'),
      status(502, '', ''),
      status(503, 'ServiceUnavailable', ''),
      status(504, 'Timeout', ''),
      json(configMap({})),
    )
    await cluster.get(AT)
    expect(clock.pauses).toEqual([250, 500, 1_000, 2_000])
  })

  test('outlast lost connections', async () => {
    server.script(loseReply, loseReply, json(configMap({})))
    await cluster.get(AT)
    expect(lines(server.requests)).toEqual([`GET ${PATH}`, `GET ${PATH}`, `GET ${PATH}`])
  })

  test('give up within the deadline with the last words of the server, never with absence', async () => {
    server.script(status(503, 'ServiceUnavailable', 'etcd is down'))
    expect(await faultOf(cluster.get(AT))).toMatchObject({ code: 'UNAVAILABLE', message: 'ConfigMap "shop/web": the API server answered 503: etcd is down' })
    expect(clock.now()).toBeLessThan(60_000)
    expect(clock.now()).toBeGreaterThan(50_000)
  })

  test('are absent by a 404 that names the object, and by nothing else', async () => {
    server.script(status(404, 'NotFound', { message: 'configmaps "web" not found', details: { name: 'web', kind: 'configmaps' } }))
    expect(await cluster.get(AT)).toBeUndefined()
    for (const answer of [
      status(404, 'NotFound', { message: 'the server could not find the requested resource', details: {} }),
      (_request: unknown, response: { writeHead(code: number): { end(body: string): void } }) => response.writeHead(404).end('404 page not found\n'),
    ]) {
      server.script(answer)
      expect(await faultOf(cluster.get(AT))).toMatchObject({ code: 'UNSUPPORTED' })
    }
  })

  test('refuse a redirect and never follow it', async () => {
    const other = await startServer()
    server.script((_request, response) => void response.writeHead(302, { location: `${other.url}/login?token=secret` }).end())
    expect(await faultOf(cluster.get(AT))).toMatchObject({
      code: 'INPUT_INVALID',
      message: `ConfigMap "shop/web": the server answered 302, expected an API server, got a redirect to ${other.url}/login`,
    })
    expect(other.requests).toEqual([])
    await other.close()
  })

  test('show no user of the address that a redirect points to', async () => {
    server.script((_request, response) => void response.writeHead(302, { location: 'https://ci:p@ss?w0rd@other.invalid/login?token=secret' }).end())
    const fault = await faultOf(cluster.get(AT))
    expect(fault.message).toMatch(/got a redirect to https:\/\/other\.invalid\/login$/)
  })

  test('name what is no API server', async () => {
    server.script((_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>sign in</html>'))
    expect(await faultOf(cluster.get(AT))).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'ConfigMap "shop/web": this is no answer of an API server, expected JSON, got text/html',
    })
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    { name: 'an empty object', body: {}, got: 'an object without keys' },
    { name: 'somebody else’s document', body: { error: 'login', url: 'https://sso.example.com/?token=s3cret' }, got: 'an object with error, url' },
    { name: 'another kind', body: { kind: 'Status', apiVersion: 'v1', status: 'Success' }, got: 'a Status' },
    { name: 'another object', body: configMap({}, { name: 'db' }), got: 'the ConfigMap "db"' },
    { name: 'no object', body: [], got: 'an array' },
  ])('do not take $name for what was asked, and ask once', async ({ body, got }) => {
    server.script(json(body))
    expect(await faultOf(cluster.get(AT))).toMatchObject({
      code: 'UNSUPPORTED',
      message: `ConfigMap "shop/web": this is no answer of an API server, expected the ConfigMap "web", got ${got}`,
      hint: expect.stringContaining('may not be that of an API server'),
    })
    expect(server.requests).toHaveLength(1)
  })

  test('print the rule that is missing', async () => {
    const message = 'deployments.apps "web" is forbidden: User "ci" cannot get resource "deployments" in API group "apps" in the namespace "shop"'
    server.script(status(403, 'Forbidden', { message, details: { name: 'web', group: 'apps', kind: 'deployments' } }))
    expect(await faultOf(cluster.get({ resource: DEPLOYMENT, name: 'web' }))).toMatchObject({
      code: 'ACCESS_DENIED',
      message: `Deployment "shop/web": this account may not get deployments: ${message}`,
      hint: 'Add this rule to a Role of namespace shop of the account:\n- apiGroups: ["apps"]\n  resources: ["deployments"]\n  verbs: ["get"]',
    })
  })

  test('do not take a quota for a missing rule', async () => {
    server.script(status(403, 'Forbidden', 'pods "web" is forbidden: exceeded quota: few'))
    expect(await faultOf(cluster.create(configMap({}), BY))).toMatchObject({
      code: 'INPUT_INVALID',
      message: 'ConfigMap "shop/web": the API server refused it: pods "web" is forbidden: exceeded quota: few',
    })
  })

  test('say that credentials are not accepted', async () => {
    server.script(status(401, 'Unauthorized', 'Unauthorized'))
    expect(await faultOf(cluster.get(AT))).toMatchObject({
      code: 'ACCESS_DENIED',
      hint: 'Renew the token or certificate of this account: it may have expired.',
    })
    expect(server.requests).toHaveLength(1)
  })

  test.each(['..', '.', 'a/b', 'a%2fb', ''])('never let the name %j into a path', async (name) => {
    expect(await faultOf(cluster.get({ resource: CONFIG_MAP, name }))).toMatchObject({ code: 'INPUT_INVALID' })
    expect(server.requests).toEqual([])
  })
})

describe('lists', () => {
  const item = (name: string) => ({ metadata: { name, managedFields: [{}] } })
  const page = (names: readonly string[], next?: string) =>
    json({ kind: 'ConfigMapList', metadata: { resourceVersion: '7', ...(next === undefined ? {} : { continue: next }) }, items: names.map(item) })
  const names = (list: { readonly items: readonly KubeObject[] }) => list.items.map(({ metadata }) => metadata)

  test('read page after page', async () => {
    server.script(page(['a', 'b'], 'more'), page(['c']))
    const list = await cluster.list({ resource: CONFIG_MAP, namespace: 'shop', labelSelector: 'app=web' })
    expect(list).toEqual({ resourceVersion: '7', items: ['a', 'b', 'c'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })) })
    expect(server.requests.map(({ query }) => query)).toEqual([
      { labelSelector: 'app=web', limit: '500' },
      { labelSelector: 'app=web', limit: '500', continue: 'more' },
    ])
  })

  test.each([
    { name: 'an empty object', body: {}, got: 'an object without keys' },
    { name: 'items without a version', body: { items: [] }, got: 'an object with items' },
    { name: 'a version without items', body: { kind: 'Table', metadata: { resourceVersion: '7' } }, got: 'a Table' },
    { name: 'items that are no list', body: { metadata: { resourceVersion: '7' }, items: {} }, got: 'an object with metadata, items' },
    { name: 'a single object', body: configMap({}), got: 'the ConfigMap "web"' },
  ])('are never empty because of $name', async ({ body, got }) => {
    server.script(json(body))
    expect(await faultOf(cluster.list({ resource: CONFIG_MAP, namespace: 'shop' }))).toMatchObject({
      code: 'UNSUPPORTED',
      message: `configmaps of namespace shop: this is no answer of an API server, expected a list, got ${got}`,
      hint: expect.stringContaining('may not be that of an API server'),
    })
    expect(server.requests).toHaveLength(1)
  })

  test('are refused by their second page as well', async () => {
    server.script(page(['a'], 'more'), json({ items: [] }))
    expect(await faultOf(cluster.list({ resource: CONFIG_MAP }))).toMatchObject({ code: 'UNSUPPORTED' })
  })

  test('are empty when the server says so, by an empty array or by null', async () => {
    for (const items of [[], null]) {
      server.script(json({ kind: 'ConfigMapList', metadata: { resourceVersion: '7' }, items }))
      expect(await cluster.list({ resource: CONFIG_MAP })).toEqual({ resourceVersion: '7', items: [] })
    }
  })

  test('begin again, once, when the pages expire half-way', async () => {
    const gone = status(410, 'Expired', 'The provided continue parameter is too old')
    server.script(page(['a'], 'more'), gone, page(['a'], 'more'), page(['b']))
    expect(names(await cluster.list({ resource: CONFIG_MAP }))).toEqual([{ name: 'a' }, { name: 'b' }])
    server.script(page(['a'], 'more'), gone, page(['a'], 'more'), gone)
    expect(await faultOf(cluster.list({ resource: CONFIG_MAP }))).toMatchObject({ code: 'UNAVAILABLE' })
    expect(clock.pauses).toEqual([])
  })
})

describe('signals', () => {
  /** A connection on which pauses take their time. */
  const patient = async () => connectCluster({ ...NO_INPUTS, kubeconfig: kubeconfig({ server: server.url }), allowInsecure: true }, testHost())
  const silence = () => undefined
  const halfAnAnswer = (_request: unknown, response: ServerResponse) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{"kind"')
  const busy = status(429, 'TooManyRequests', { message: 'slow down', headers: { 'retry-after': '30' } })
  const asks: Readonly<Record<string, (by: Cluster, signal: AbortSignal) => Promise<unknown>>> = {
    get: (by, signal) => by.get(AT, { signal }),
    list: (by, signal) => by.list({ resource: CONFIG_MAP }, { signal }),
    resourceOf: (by, signal) => by.resourceOf({ apiVersion: 'example.com/v1', kind: 'Alien' }, { signal }),
    resourceNamed: (by, signal) => by.resourceNamed('aliens', { signal }),
    apply: (by, signal) => by.apply({ apiVersion: 'example.com/v1', kind: 'Alien', metadata: { name: 'et' } }, { ...BY, signal }),
  }
  test.each(
    Object.keys(asks).flatMap((verb) => [
      { verb, when: 'in flight', answer: silence },
      { verb, when: 'half-way through its answer', answer: halfAnAnswer },
      { verb, when: 'between two attempts', answer: busy },
    ]),
  )('end $verb $when at once, with their own reason', async ({ verb, answer }) => {
    server.script(answer)
    const by = await patient()
    const stop = new AbortController()
    const reason = new Error('stopped')
    const ended = asks[verb]?.(by, stop.signal).catch((error: unknown) => error)
    await expect.poll(() => server.requests.length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    const aborted = performance.now()
    stop.abort(reason)
    expect(await ended).toBe(reason)
    expect(performance.now() - aborted).toBeLessThan(1_000)
    by.close()
  })
})

describe('writes', () => {
  const absent = status(404, 'NotFound', { message: 'configmaps "web" not found', details: { name: 'web', kind: 'configmaps' } })
  const created = configMap({ a: '1' }, { uid: 'u', resourceVersion: '5' })

  test('are sent once and only once when the server refuses them', async () => {
    server.script(status(409, 'AlreadyExists', { message: 'configmaps "web" already exists', details: { name: 'web' } }))
    expect(await faultOf(cluster.create(configMap({}), BY))).toMatchObject({ code: 'CONFLICT' })
    expect(lines(server.requests)).toEqual(['POST /api/v1/namespaces/shop/configmaps'])
    expect(server.requests[0]?.query).toEqual({ fieldManager: 'fairlead', fieldValidation: 'Strict' })
  })

  test('are sent again after a 429, without reading back', async () => {
    server.script(status(429, 'TooManyRequests', ''), json(created))
    expect(await cluster.create(configMap({ a: '1' }), BY)).toEqual(created)
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
  })

  test.each([
    { name: 'a create that was applied', answers: [loseReply, json(created)], seen: ['POST', 'GET'], ends: created },
    { name: 'a create that was not', answers: [loseReply, absent, json(created, 201)], seen: ['POST', 'GET', 'POST'], ends: created },
    { name: 'a create whose name somebody else has taken', answers: [loseReply, json(configMap({ a: 'theirs' }))], seen: ['POST', 'GET'], ends: 'CONFLICT' },
    { name: 'a create answered with 504', answers: [status(504, 'Timeout', ''), json(created)], seen: ['POST', 'GET'], ends: created },
  ])('read back $name', async ({ answers, seen, ends }) => {
    server.script(...answers)
    const end = await cluster.create(configMap({ a: '1' }), BY).catch((error: unknown) => (isFault(error) ? error.code : error))
    expect(end).toEqual(ends)
    expect(server.requests.map(({ method }) => method)).toEqual(seen)
  })

  const before = configMap({ a: '1' }, { uid: 'u', resourceVersion: '5' })
  const replaced = configMap({ a: '2' }, { uid: 'u', resourceVersion: '6' })
  const other = configMap({ a: '3' }, { uid: 'u', resourceVersion: '6' })
  test.each([
    { name: 'a replace that was applied', answers: [loseReply, json(replaced)], seen: ['PUT', 'GET'], ends: replaced },
    { name: 'a replace that was not', answers: [loseReply, json(before), json(replaced)], seen: ['PUT', 'GET', 'PUT'], ends: replaced },
    { name: 'a replace that somebody else forestalled', answers: [loseReply, json(other)], seen: ['PUT', 'GET'], ends: 'CONFLICT' },
    {
      name: 'a replace of an object made anew since',
      answers: [loseReply, json({ ...before, metadata: { ...before.metadata, uid: 'v' } })],
      seen: ['PUT', 'GET'],
      ends: 'CONFLICT',
    },
  ])('read back $name', async ({ answers, seen, ends }) => {
    server.script(...answers)
    const end = await cluster
      .replace(configMap({ a: '2' }, { uid: 'u', resourceVersion: '5' }), BY)
      .catch((error: unknown) => (isFault(error) ? error.code : error))
    expect(end).toEqual(ends)
    expect(server.requests.map(({ method }) => method)).toEqual(seen)
  })

  const refused = status(422, 'Invalid', 'the server rejected our request due to an error in our request')
  test.each([
    { name: 'a patch that was applied', answers: [loseReply, json(replaced)], seen: ['PATCH', 'GET'], ends: replaced },
    { name: 'a patch that was not', answers: [loseReply, json(before), json(replaced)], seen: ['PATCH', 'GET', 'PATCH'], ends: replaced },
    { name: 'a patch whose tests do not hold any more', answers: [loseReply, json(other), refused], seen: ['PATCH', 'GET', 'PATCH'], ends: 'INPUT_INVALID' },
  ])('read back $name', async ({ answers, seen, ends }) => {
    server.script(...answers)
    const operations = [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '2' },
    ] as const
    const end = await cluster.patch(AT, operations, BY).catch((error: unknown) => (isFault(error) ? error.code : error))
    expect(end).toEqual(ends)
    expect(server.requests.map(({ method }) => method)).toEqual(seen)
  })

  const owned = (time: string, fields: object) => [{ manager: 'fairlead', operation: 'Apply', time, fieldsV1: fields }]
  const live = configMap({ a: '2' }, { uid: 'u', resourceVersion: '6', managedFields: owned('t1', { 'f:data': { 'f:a': {} } }) })
  test.each([
    {
      name: 'a fenced apply that was applied',
      answers: [loseReply, json(live), json({ ...live, metadata: { ...live.metadata, managedFields: owned('t2', { 'f:data': { 'f:a': {} } }) } })],
      seen: ['PATCH', 'GET', 'PATCH All'],
      ends: live,
    },
    { name: 'a fenced apply that was not', answers: [loseReply, json(before), json(live)], seen: ['PATCH', 'GET', 'PATCH'], ends: live },
    {
      name: 'a fenced apply of an object changed since',
      answers: [loseReply, json(other), json({ ...other, data: { a: '2' } })],
      seen: ['PATCH', 'GET', 'PATCH All'],
      ends: 'CONFLICT',
    },
    {
      name: 'a fenced apply that would drop a field still there',
      answers: [loseReply, json(live), json({ ...live, metadata: { ...live.metadata, managedFields: owned('t1', { 'f:data': {} }) } })],
      seen: ['PATCH', 'GET', 'PATCH All'],
      ends: 'CONFLICT',
    },
  ])('read back $name', async ({ answers, seen, ends }) => {
    server.script(...answers)
    const end = await cluster.apply(configMap({ a: '2' }, { resourceVersion: '5' }), BY).catch((error: unknown) => (isFault(error) ? error.code : error))
    expect(end).toEqual(ends)
    expect(server.requests.map(({ method, query }) => `${method} ${query['dryRun'] ?? ''}`.trim())).toEqual(seen)
  })

  test.each([
    { name: 'a delete that was applied', answers: [loseReply, absent], seen: ['DELETE', 'GET'] },
    { name: 'a delete that was not', answers: [loseReply, json(before), json({})], seen: ['DELETE', 'GET', 'DELETE'] },
    {
      name: 'a delete whose object is on its way out',
      answers: [loseReply, json(configMap({}, { uid: 'u', deletionTimestamp: 'now' }))],
      seen: ['DELETE', 'GET'],
    },
    { name: 'a delete whose name another object bears', answers: [loseReply, json(configMap({}, { uid: 'v' }))], seen: ['DELETE', 'GET'] },
  ])('read back $name', async ({ answers, seen }) => {
    server.script(...answers)
    await cluster.delete(AT, { preconditions: { uid: 'u' } })
    expect(server.requests.map(({ method }) => method)).toEqual(seen)
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Background',
      preconditions: { uid: 'u' },
    })
  })

  test('repeat a dry run without reading back', async () => {
    server.script(loseReply, json(created))
    await cluster.create(configMap({ a: '1' }), { ...BY, dryRun: true })
    expect(server.requests.map(({ method, query }) => [method, query['dryRun']])).toEqual([
      ['POST', 'All'],
      ['POST', 'All'],
    ])
  })

  test('name the fields and managers of an apply conflict', async () => {
    const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "kubectl" using apps/v1', field: '.spec.replicas' }]
    server.script(status(409, 'Conflict', { message: 'Apply failed with 1 conflict', details: { causes } }))
    expect(await faultOf(cluster.apply(configMap({}), BY))).toMatchObject({
      code: 'CONFLICT',
      message: 'ConfigMap "shop/web": fields belong to other managers: .spec.replicas: conflict with "kubectl" using apps/v1',
      hint: 'Leave these fields out of the manifest, or take them over with `force-conflicts: true`.',
      problems: [{ message: '.spec.replicas: conflict with "kubectl" using apps/v1' }],
    })
  })

  test('do not wait for a field that the kind does not have, although the server answers 500', async () => {
    const message = 'failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): .spec.replcias: field not declared in schema'
    server.script(status(500, '', message))
    expect(await faultOf(cluster.apply(configMap({}), BY))).toMatchObject({
      code: 'INPUT_INVALID',
      message: `ConfigMap "shop/web": the API server refused it: ${message}`,
    })
    expect(server.requests).toHaveLength(1)
  })

  test('pass on every cause of a refusal', async () => {
    const causes = [
      { reason: 'FieldValueInvalid', message: 'Invalid value: -1', field: 'spec.replicas' },
      { reason: 'x', message: 'unknown field "spec.foo"' },
    ]
    server.script(status(422, 'Invalid', { message: 'two things', details: { causes } }))
    expect(await faultOf(cluster.apply(configMap({}), BY))).toMatchObject({
      code: 'INPUT_INVALID',
      problems: [{ message: 'spec.replicas: Invalid value: -1' }, { message: 'unknown field "spec.foo"' }],
    })
  })
})

describe('logs, proxied requests and reviews', () => {
  test('answer undefined where there is no log, and nothing else', async () => {
    const request = { namespace: 'shop', pod: 'web-1', container: 'web', previous: true, tailLines: 20 }
    server.script((_request, response) => void response.end('one\ntwo\n'))
    expect(await cluster.logs(request)).toBe('one\ntwo\n')
    expect(server.requests[0]).toMatchObject({
      path: '/api/v1/namespaces/shop/pods/web-1/log',
      query: { container: 'web', previous: 'true', tailLines: '20', limitBytes: '1048576' },
    })
    for (const words of [
      'previous terminated container "web" in pod "web-1" not found',
      'container "web" in pod "web-1" is waiting to start: ContainerCreating',
    ]) {
      server.script(status(400, 'BadRequest', words))
      expect(await cluster.logs(request)).toBeUndefined()
    }
    server.script(status(400, 'BadRequest', 'something is wrong'))
    expect(await faultOf(cluster.logs(request))).toMatchObject({ code: 'INPUT_INVALID' })
  })

  const probe = { namespace: 'shop', target: 'pods', name: 'web-1', port: 8080, path: '/healthz?deep=1&deep=2', timeout: 1_000 } as const

  test('carry a request, its query as it stands, and its answer whatever the status', async () => {
    server.script((_request, response) => void response.writeHead(418, { 'x-slot': 'blue' }).end('teapot'))
    expect(await cluster.proxy({ ...probe, scheme: 'https', headers: { 'x-check': 'yes' } })).toMatchObject({
      status: 418,
      body: 'teapot',
      headers: { 'x-slot': 'blue' },
    })
    expect(server.requests[0]).toMatchObject({
      method: 'GET',
      path: '/api/v1/namespaces/shop/pods/https:web-1:8080/proxy/healthz',
      search: '?deep=1&deep=2',
      headers: { 'x-check': 'yes' },
    })
    expect(server.requests).toHaveLength(1)
  })

  test('accept 1 MiB unless told, and never wait for more', async () => {
    const answerOf = (bytes: number) => (_request: unknown, response: ServerResponse) => void response.writeHead(200).end('x'.repeat(bytes))
    server.script(answerOf(1_048_576))
    expect(await cluster.proxy(probe)).toMatchObject({ status: 200 })
    server.script(answerOf(1_048_577))
    expect(await faultOf(cluster.proxy(probe))).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('more than 1048576 bytes') })
    server.requests.length = 0
    server.script(answerOf(11))
    expect(await faultOf(cluster.proxy({ ...probe, limit: 10 }))).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('more than 10 bytes') })
    expect(server.requests).toHaveLength(1)
  })

  test('take nobody listening for an answer, and a missing Pod for a Fault', async () => {
    server.script(status(503, 'ServiceUnavailable', 'error trying to reach service: dial tcp 10.0.0.1:8080: connect: connection refused'))
    expect(await cluster.proxy(probe)).toMatchObject({ status: 503 })
    server.script(status(404, 'NotFound', { message: 'pods "web-1" not found', details: { name: 'web-1', kind: 'pods' } }))
    expect(await faultOf(cluster.proxy(probe))).toMatchObject({ code: 'NOT_FOUND' })
  })

  test.each(['/../../../../secrets', '/a/%2e%2e/b', '/a\\..\\b', 'healthz'])('refuse the path %j', async (path) => {
    expect(await faultOf(cluster.proxy({ ...probe, path }))).toMatchObject({ code: 'INPUT_INVALID' })
    expect(server.requests).toEqual([])
  })

  test.each(['Authorization', 'Impersonate-User', 'Host'])('refuse the header %s', async (header) => {
    expect(await faultOf(cluster.proxy({ ...probe, headers: { [header]: 'x' } }))).toMatchObject({ code: 'INPUT_INVALID' })
    expect(server.requests).toEqual([])
  })

  test('ask what the account may do', async () => {
    server.script(json({ status: { allowed: true } }))
    expect(await cluster.may({ verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'shop' })).toBe(true)
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'shop' } },
    })
    server.script(json({ status: { allowed: false } }))
    expect(await cluster.may({ verb: 'patch', group: 'apps', resource: 'deployments' })).toBe(false)
    server.script(json({ error: 'login' }))
    expect(await faultOf(cluster.may({ verb: 'patch', group: 'apps', resource: 'deployments' }))).toMatchObject({ code: 'UNSUPPORTED' })
  })
})
