import { Fault, type HttpResponse } from '@fairlead/base'
import type { ProxyRequest, ProxyResponse, ReadOptions } from '../cluster.ts'
import { knownResourceNamed } from '../known-resources.ts'
import { accessTo, collectionPath, segment, type Call } from './call.ts'
import { isUnheard, type Rest } from './rest.ts'
import { serverFault } from './server-fault.ts'
import { isStatus } from './status.ts'

/** What belongs between us and the API server: an application is never told these, and may not set them. */
const OURS = /^(?:authorization|host|connection|content-length|transfer-encoding|upgrade|te|trailer|proxy-.*|impersonate-.*|x-remote-.*)$/i
/** What the API server says when it reached nobody behind it: that is about the Pod or Service, hence an answer. */
const UNREACHED = /error trying to reach service|no endpoints available for service|address is not allowed|dial tcp|proxy error/i
const MOST_BYTES = 1024 * 1024

/**
 * Carries a request through the API server. Sent again only when the API server has not heard it.
 * An answer of the application is an answer, whatever its status; so is a 503 because nothing listens there. A Fault is what the API server itself refuses.
 */
export async function proxyRequest(rest: Rest, request: ProxyRequest, options: ReadOptions = {}): Promise<ProxyResponse> {
  const call = proxyCall(request, options)
  const deadline = rest.writeDeadline()
  return rest.retry(
    async () => {
      const response = await rest.answer(call)
      if (!isStatus(response.body) || isUnreached(response)) return response
      throw serverFault(response, call)
    },
    { deadline, signal: options.signal, again: isUnheard },
  )
}

function isUnreached({ status, body }: HttpResponse): boolean {
  return status >= 500 && UNREACHED.test(body)
}

function proxyCall(request: ProxyRequest, options: ReadOptions): Call {
  const { namespace, target, name, path, method = 'GET', headers = {}, timeout, limit = MOST_BYTES } = request
  const resource = knownResourceNamed(target)
  if (resource === undefined) throw new TypeError(`${target} are known`)
  const subject = `${resource.kind} "${namespace}/${name}"`
  const [pathname = '', ...search] = path.replace(/#.*$/s, '').split('?')
  refuseUnsafe(subject, pathname, headers)
  return {
    method,
    path: `${collectionPath(resource, namespace)}/${placeOf(request)}/proxy${pathname}`,
    ...(search.length === 0 ? {} : { search: search.join('?') }),
    headers: { accept: '*/*', ...headers },
    target: `${subject}: ${method} ${pathname}`,
    access: accessTo(VERBS[method] ?? 'get', { resource, namespace, name }, 'proxy'),
    signal: options.signal,
    timeout,
    limit,
  }
}

/** `https:web-1:8080`, as the API server takes it. */
function placeOf({ scheme, name, port }: ProxyRequest): string {
  return `${scheme === 'https' ? 'https:' : ''}${segment(name, 'name')}${port === undefined ? '' : `:${segment(String(port), 'port')}`}`
}

function refuseUnsafe(subject: string, pathname: string, headers: Readonly<Record<string, string>>): void {
  if (!pathname.startsWith('/') || hasDots(pathname)) {
    throw new Fault('INPUT_INVALID', `${subject}: the path leaves its place, expected one that begins with / and has no dot segments, got ${pathname}`, {
      hint: 'Write the path without .. in it.',
    })
  }
  const ours = Object.keys(headers).find((header) => OURS.test(header))
  if (ours === undefined) return
  throw new Fault('INPUT_INVALID', `${subject}: the header ${ours} cannot be set on a request through the API server`, {
    hint: `Leave the header ${ours} out.`,
  })
}

/** The API server asks RBAC about proxied requests by their method. */
const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

function hasDots(pathname: string): boolean {
  return pathname.split(/[/\\]/).some((part) => /^(?:\.|%2e){1,2}$/i.test(part))
}
