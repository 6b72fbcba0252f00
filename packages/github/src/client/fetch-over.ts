import { Fault, type HttpResponse, type Transport } from '@fairlead/base'
import { CHECK_ADDRESS } from './api-address.ts'
import type { Patience } from './api.ts'

/** What the library calls to reach the network. */
export type Fetch = (url: string, options: { readonly method: string; readonly headers: Readonly<Record<string, string>> }) => Promise<Response>

const MOST_REDIRECTS = 3
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** A comparison brings up to 300 files with their changes, whether or not one wants them. */
const LONGEST_ANSWER = 32 * 1024 * 1024

/**
 * Lets the library read over our transport: proxies, trusted authorities and limits are the transport's. Sends no body.
 * A redirect is followed on the same origin only, as after a repository was renamed: elsewhere the token is not for.
 */
export function fetchOver(transport: Transport, { deadline, signal, attemptTimeout }: Patience & { readonly attemptTimeout: number }): Fetch {
  return async (url, { method, headers }) => {
    let target = new URL(url)
    for (let redirects = 0; ; redirects += 1) {
      const timeout = Math.max(1, Math.min(attemptTimeout, deadline.remaining()))
      const response = await transport.request({ method, url: target, headers, timeout, limit: LONGEST_ANSWER, signal })
      if (!REDIRECTS.has(response.status)) return responseOf(response)
      if (redirects >= MOST_REDIRECTS) throw new Fault('UNSUPPORTED', `it redirects more than ${MOST_REDIRECTS} times`, { hint: CHECK_ADDRESS })
      target = redirected(target, response.headers['location'] ?? '')
    }
  }
}

function redirected(from: URL, location: string): URL {
  const target = URL.parse(location, from.href)
  if (target !== null && target.origin === from.origin) return target
  const got = target === null ? 'no address' : `${target.protocol}//${target.host}`
  throw new Fault('UNSUPPORTED', `it redirects to another place, expected an answer of ${from.host}, got ${got}`, {
    hint: CHECK_ADDRESS,
  })
}

const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

function responseOf({ status, headers, body }: HttpResponse): Response {
  if (status < 200 || status > 599)
    throw new Fault('UNSUPPORTED', `it answers with a status there is none of, expected 200, got ${status}`, { hint: CHECK_ADDRESS })
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, headers })
}
