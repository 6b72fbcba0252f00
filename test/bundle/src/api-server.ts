import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { knownResource, type KubeObject } from '@fairlead/kube'

/** Answers a request instead of the server, or undefined to let it pass. */
export type Interception = (
  request: IncomingMessage,
  url: URL,
) => { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } | 'hang' | 'cut' | undefined

export interface ApiServer {
  readonly url: string
  /** A kubeconfig for it, by token; it is spoken to by plain HTTP, which needs `allow-insecure`. */
  readonly kubeconfig: string
  /** Every request in order, watches once each: `GET /api/v1/namespaces/shop/pods?limit=500`. */
  readonly requests: readonly string[]
  /** Adds an object or changes it, and tells whoever watches. */
  put(object: KubeObject): void
  /** The log of a container: `shop/web-1/web`, with `previous` after a `?`. */
  log(place: string, text: string): void
  close(): Promise<void>
}

/**
 * Serves objects over the API's own protocol on loopback: get, list, watch, logs and the proxy of Pods, nothing else.
 * For transcripts of bundles, where a run must be the same each time; what a real API server does is proven on one.
 */
export async function serveApi(objects: readonly KubeObject[], intercept: Interception = () => undefined): Promise<ApiServer> {
  const store = new Store()
  const logs = new Map<string, string>()
  const requests: string[] = []
  for (const object of objects) store.put(object)
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://api')
    requests.push(`${request.method} ${decodeURIComponent(url.pathname + url.search)}`)
    const answer = intercept(request, url)
    if (answer === 'hang') return
    if (answer === 'cut') return void request.socket.destroy()
    if (answer !== undefined)
      return void response
        .writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
        .end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? statusOf(answer.status, 'scripted')))
    route({ store, logs, url, response })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    kubeconfig: kubeconfigFor(url),
    requests,
    put: (object) => store.put(object),
    log: (place, text) => logs.set(place, text),
    close: () => closeServer(server),
  }
}

/** A kubeconfig with one cluster, one user and their context. */
export function kubeconfigFor(
  server: string,
  user: Readonly<Record<string, unknown>> = { token: 'token-of-the-test' },
  cluster: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, ...cluster } }],
    users: [{ name: 'test', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'shop' } }],
    'current-context': 'test',
  })
}

/** What the API server says when it refuses. */
export function statusOf(code: number, message: string, reason = ''): unknown {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
}

class Store {
  readonly #objects = new Map<string, KubeObject>()
  readonly #watchers = new Set<{ readonly collection: string; readonly selector: URLSearchParams; readonly response: ServerResponse }>()
  #version = 100

  get version(): string {
    return String(this.#version)
  }

  put(object: KubeObject): void {
    this.#version += 1
    const path = pathOf(object)
    const type = this.#objects.has(path) ? 'MODIFIED' : 'ADDED'
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: this.version } }
    this.#objects.set(path, stored)
    for (const { collection, selector, response } of this.#watchers) {
      if (inCollection(path, collection) && isSelected(stored, selector)) response.write(`${JSON.stringify({ type, object: stored })}\n`)
    }
  }

  get(path: string): KubeObject | undefined {
    return this.#objects.get(path)
  }

  list(collection: string, selector: URLSearchParams): readonly KubeObject[] {
    return [...this.#objects].filter(([path, object]) => inCollection(path, collection) && isSelected(object, selector)).map(([, object]) => object)
  }

  watch(collection: string, selector: URLSearchParams, response: ServerResponse): void {
    const watcher = { collection, selector, response }
    this.#watchers.add(watcher)
    response.on('close', () => this.#watchers.delete(watcher))
  }
}

/** Where an object lives; the namespace part is missing for what is cluster-scoped. */
function pathOf(object: KubeObject): string {
  const resource = knownResource(object)
  if (resource === undefined) throw new Error(`the test's API server serves Kubernetes' own kinds only, got ${object.apiVersion} ${object.kind}`)
  const root = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`
  return `${root}${resource.namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : ''}/${resource.plural}/${object.metadata.name}`
}

function inCollection(path: string, collection: string): boolean {
  const plural = collection.slice(collection.lastIndexOf('/') + 1)
  const root = collection.includes('/namespaces/') ? collection : collection.slice(0, -plural.length)
  return path.startsWith(root) && path.split('/').at(-2) === plural
}

function isSelected({ metadata }: KubeObject, parameters: URLSearchParams): boolean {
  const fields = (parameters.get('fieldSelector') ?? '').split(',').filter((part) => part !== '')
  const labels = (parameters.get('labelSelector') ?? '').split(',').filter((part) => part !== '')
  return (
    fields.every((part) => part !== `metadata.name=${part.slice('metadata.name='.length)}` || part === `metadata.name=${metadata.name}`) &&
    labels.every((part) => metadata.labels?.[part.split('=')[0] ?? ''] === part.split('=')[1])
  )
}

interface Exchange {
  readonly store: Store
  readonly logs: ReadonlyMap<string, string>
  readonly url: URL
  readonly response: ServerResponse
}

function route({ store, logs, url, response }: Exchange): void {
  const json = (status: number, body: unknown) => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const { pathname, searchParams } = url
  const log = /\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(pathname)
  if (log !== null) {
    const place = `${log[1]}/${log[2]}/${searchParams.get('container')}${searchParams.get('previous') === 'true' ? '?previous' : ''}`
    const text = logs.get(place)
    return text === undefined
      ? json(400, statusOf(400, `previous terminated container "${searchParams.get('container')}" in pod "${log[2]}" not found`, 'BadRequest'))
      : void response.end(text)
  }
  const object = store.get(pathname)
  if (object !== undefined) return json(200, object)
  const isObject = /\/namespaces\/[^/]+\/[^/]+\/[^/]+$/.test(pathname) || /\/v1\/(?:namespaces|nodes)\/[^/]+$/.test(pathname)
  if (isObject) return json(404, statusOf(404, `${pathname.split('/').at(-2)} "${pathname.split('/').at(-1)}" not found`, 'NotFound'))
  if (searchParams.get('watch') === 'true' || searchParams.get('watch') === '1') {
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
    return store.watch(pathname, searchParams, response)
  }
  json(200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: store.version }, items: store.list(pathname, searchParams) })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.closeAllConnections()
    server.close(() => resolve())
  })
}
