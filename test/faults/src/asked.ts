/** What a request asks of an API server. */
export interface Asked {
  /** The HTTP method. */
  readonly method: string
  /** Path and query as sent. */
  readonly target: string
  readonly verb: Verb
  /** The plural, with its subresource where there is one: `deployments/scale`. Empty for what is no resource, such as `/version`. */
  readonly resource: string
  readonly namespace: string
  /** Empty for lists, watches, and for a create by POST whose body names nothing. */
  readonly name: string
  /** Whether it changes something that stays: no dry run, no question about rights, nothing carried to a Pod. */
  readonly write: boolean
  readonly body: string
}

/** `update` is PUT, `patch` any PATCH but a server-side apply; `ask` is a POST that stores nothing. */
export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'apply' | 'delete' | 'ask'

/** The parts of an HTTP request that say what it asks. */
export interface Request {
  readonly method: string
  readonly target: string
  readonly contentType: string
  readonly body: string
}

/** Classifies a request by the API's own conventions for paths; it never fails. */
export function askedBy({ method, target, contentType, body }: Request): Asked {
  const url = new URL(target, 'http://api')
  const { namespace, plural, name, subresource, group } = placeOf(url.pathname)
  const carried = subresource === 'proxy' || ['exec', 'attach', 'portforward'].includes(subresource)
  const asks = carried || /^(?:authorization|authentication)\.k8s\.io$/.test(group)
  const verb = asks && method !== 'GET' ? 'ask' : verbOf({ method, contentType, url, name })
  const changes = ['create', 'update', 'patch', 'apply', 'delete'].includes(verb)
  return {
    method,
    target,
    verb,
    resource: subresource === '' ? plural : `${plural}/${subresource}`,
    namespace,
    name: name === '' && verb === 'create' ? nameIn(body) : name,
    write: changes && url.searchParams.get('dryRun') === null,
    body,
  }
}

/** `apply deployments shop-green`: what a request asks, for lists and messages. */
export function sentenceOf({ verb, resource, name, target }: Asked): string {
  return resource === '' ? `${verb} ${target}` : `${verb} ${resource}${name === '' ? '' : ` ${name}`}`
}

interface PathParts {
  readonly group: string
  readonly namespace: string
  readonly plural: string
  readonly name: string
  readonly subresource: string
}

function placeOf(path: string): PathParts {
  const [, group = '', rest = ''] = /^\/(?:api|apis\/([^/]+))\/[^/]+\/(.+)$/.exec(path) ?? []
  const parts = rest.split('/').filter((part) => part !== '')
  // `/api/v1/namespaces/shop` is the namespace itself, what is longer lives in it.
  const namespace = parts[0] === 'namespaces' && parts.length > 2 ? (parts.splice(0, 2)[1] ?? '') : ''
  const [plural = '', name = '', subresource = ''] = parts
  return { group, namespace: decodeURIComponent(namespace), plural, name: decodeURIComponent(name), subresource }
}

function verbOf({ method, contentType, url, name }: { method: string; contentType: string; url: URL; name: string }): Verb {
  if (method === 'POST') return 'create'
  if (method === 'PUT') return 'update'
  if (method === 'DELETE') return 'delete'
  if (method === 'PATCH') return contentType.startsWith('application/apply-patch') ? 'apply' : 'patch'
  if (['true', '1'].includes(url.searchParams.get('watch') ?? '')) return 'watch'
  return name === '' ? 'list' : 'get'
}

function nameIn(body: string): string {
  try {
    return (JSON.parse(body) as { readonly metadata?: { readonly name?: string } }).metadata?.name ?? ''
  } catch {
    return '' // YAML, or cut off
  }
}
