import { systemClock } from '@fairlead/base'
import type { Cluster, KubeObject } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { Agent, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { kubeconfig, NO_INPUTS, testHost } from './test-host.ts'

const BY = { manager: 'lost-replies' }
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
const namespace = `lost-replies-${process.pid}-${Date.now().toString(36)}`

/** What happens to the next request of a method: its reply is lost, or it is lost itself. */
const next: { method?: string; lose?: 'reply' | 'request' } = {}
const seen: string[] = []

let relay: Server
let cluster: Cluster

beforeAll(async () => {
  relay = await startRelay()
  const server = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`
  cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: kubeconfig({ server }), namespace, allowInsecure: true }, testHost({ clock: systemClock }))
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, BY)
})
afterAll(async () => {
  await cluster.delete({ resource: await cluster.resourceNamed('ns'), name: namespace })
  cluster.close()
  relay.close()
})
beforeEach(() => void (seen.length = 0))

function lose(method: string, what: 'reply' | 'request'): void {
  Object.assign(next, { method, lose: what })
  seen.length = 0
}

const configMap = (name: string, data: Readonly<Record<string, string>>, version?: string): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...(version === undefined ? {} : { resourceVersion: version }) }, data }) as KubeObject
const at = (name: string) => ({ resource: CONFIG_MAP, name })

describe.each(['reply', 'request'] as const)('with a lost %s', (what) => {
  const again = (method: string) => (what === 'reply' ? [method, 'GET'] : [method, 'GET', method])

  test('a create is made once', async () => {
    lose('POST', what)
    const made = await cluster.create(configMap(`create-${what}`, { a: '1' }), BY)
    expect(seen).toEqual(again('POST'))
    expect(await cluster.get(at(`create-${what}`))).toEqual(made)
  })

  test('a replace is made once', async () => {
    const made = await cluster.create(configMap(`replace-${what}`, { a: '1' }), BY)
    lose('PUT', what)
    const replaced = await cluster.replace({ ...made, data: { a: '2' } } as KubeObject, BY)
    expect(seen).toEqual(again('PUT'))
    expect(replaced).toMatchObject({ data: { a: '2' } })
  })

  test('a patch is made once', async () => {
    await cluster.create(configMap(`patch-${what}`, { a: '1' }), BY)
    lose('PATCH', what)
    const operations = [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'replace', path: '/data/a', value: '2' },
    ] as const
    expect(await cluster.patch(at(`patch-${what}`), operations, BY)).toMatchObject({ data: { a: '2' } })
    expect(seen).toEqual(again('PATCH'))
  })

  test('a fenced apply is made once, and known by a dry run when it was', async () => {
    const made = await cluster.apply(configMap(`apply-${what}`, { a: '1', dropped: 'x' }), BY)
    lose('PATCH', what)
    const applied = await cluster.apply(configMap(`apply-${what}`, { a: '2' }, made.metadata.resourceVersion), BY)
    expect(seen).toEqual(what === 'reply' ? ['PATCH', 'GET', 'PATCH dry'] : ['PATCH', 'GET', 'PATCH'])
    expect((applied as KubeObject & { data: unknown }).data).toEqual({ a: '2' })
  })

  test('a fenced apply that would only drop a field is not taken for done', async () => {
    const made = await cluster.apply(configMap(`drop-${what}`, { a: '1', dropped: 'x' }), BY)
    lose('PATCH', what)
    const applied = await cluster.apply(configMap(`drop-${what}`, { a: '1' }, made.metadata.resourceVersion), BY)
    expect((applied as KubeObject & { data: unknown }).data).toEqual({ a: '1' })
  })

  test('a fenced apply that somebody forestalls is a conflict', async () => {
    const made = await cluster.apply(configMap(`fence-${what}`, { a: '1' }), BY)
    await cluster.patch(at(`fence-${what}`), [{ op: 'add', path: '/data/theirs', value: 'x' }], { manager: 'other' })
    lose('PATCH', what)
    await expect(cluster.apply(configMap(`fence-${what}`, { a: '2' }, made.metadata.resourceVersion), BY)).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('a delete is made once', async () => {
    await cluster.create(configMap(`delete-${what}`, {}), BY)
    lose('DELETE', what)
    await cluster.delete(at(`delete-${what}`))
    expect(seen).toEqual(again('DELETE'))
    expect(await cluster.get(at(`delete-${what}`))).toBeUndefined()
  })
})

/** Relays to the API server that KUBECONFIG names, in the clear, and loses what it is told to. */
async function startRelay(): Promise<Server> {
  const { clusters, users } = parse(readFileSync(process.env['KUBECONFIG'] ?? '', 'utf8')) as {
    clusters: { cluster: { server: string; 'certificate-authority-data'?: string; 'certificate-authority'?: string } }[]
    users: { user: { token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string } }[]
  }
  const [{ cluster: entry } = { cluster: { server: '' } }] = clusters
  const [{ user } = { user: {} }] = users
  const pem = (data: string | undefined) => (data === undefined ? undefined : Buffer.from(data, 'base64').toString())
  const ca = pem(entry['certificate-authority-data']) ?? readFileSync(entry['certificate-authority'] ?? '', 'utf8')
  const [cert, key] = [pem(user['client-certificate-data']), pem(user['client-key-data'])]
  const agent = new Agent({ ca, ...(cert === undefined || key === undefined ? {} : { cert, key }) })
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming
    const lost = next.method === method ? next.lose : undefined
    if (lost !== undefined) delete next.method
    seen.push(url.includes('dryRun=All') ? `${method} dry` : method)
    if (lost === 'request') return void incoming.resume().on('end', () => incoming.socket.destroy())
    const { authorization: _own, host: _host, ...headers } = incoming.headers
    const authorized = user.token === undefined ? headers : { ...headers, authorization: `Bearer ${user.token}` }
    const upstream = request(new URL(url, entry.server), { agent, method, headers: authorized }, (answer) => {
      if (lost === 'reply') return void answer.resume().on('end', () => incoming.socket.destroy())
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      return void answer.pipe(outgoing)
    })
    return void incoming.pipe(upstream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
