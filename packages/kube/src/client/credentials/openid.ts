import { Fault, openTransport, type Host, type HttpRequest, type Transport } from '@fairlead/base'
import { valueAt } from '../../json-pointer.ts'
import { bearer, termedIdentity, type IdentitySource, type Term } from './identity.ts'
import { textField, type Entry } from './kubeconfig.ts'
import { maskSecret } from './secret-values.ts'

const TIMEOUT = 30_000

/** What signing in needs besides the account. */
export interface OpenidOptions {
  readonly host: Host
  /** The issuer's certificate authority, PEM, when it has one of its own. */
  readonly ca?: string
}

/**
 * Proves who we are with an OpenID Connect id-token, refreshed at the issuer when its term is over. The refreshed one is kept in memory: the kubeconfig is not written.
 *
 * Our own, since the official client's (2.0.1) cannot refresh at all (it hands openid-client the issuer as a text, which that refuses), leaves the client secret out and knows no proxy.
 */
export function openidIdentity(user: Entry, options: OpenidOptions): IdentitySource {
  const field = (name: string) => textField(user, 'auth-provider', 'config', name)
  const { host } = options
  for (const secret of ['id-token', 'refresh-token', 'client-secret']) maskSecret(host, field(secret))
  let [idToken, refreshToken] = [field('id-token'), field('refresh-token')]
  let first = true
  const now = () => host.clock.date().getTime()
  return termedIdentity(async () => {
    const until = expiryOf(idToken)
    const holds = first && idToken !== undefined && (until === undefined || now() < until)
    first = false
    if (!holds) {
      const fresh = await refresh(
        { issuer: field('idp-issuer-url'), clientId: field('client-id'), clientSecret: field('client-secret'), refreshToken, user: user.name },
        options,
      )
      idToken = fresh.idToken
      refreshToken = fresh.refreshToken ?? refreshToken
    }
    return termOf(idToken ?? '')
  }, now)
}

function termOf(idToken: string): Term {
  const until = expiryOf(idToken)
  return { identity: bearer(idToken), ...(until === undefined ? {} : { until }) }
}

/** The end of a token's term in milliseconds; undefined when it does not say. Its signature is the API server's business. */
export function expiryOf(token: string | undefined): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8'))
    const exp = valueAt(claims, ['exp'])
    return typeof exp === 'number' ? exp * 1_000 : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

interface Refresh {
  readonly issuer: string | undefined
  readonly clientId: string | undefined
  readonly clientSecret: string | undefined
  readonly refreshToken: string | undefined
  readonly user: string
}

async function refresh(wanted: Refresh, { host, ca }: OpenidOptions): Promise<{ idToken: string; refreshToken: string | undefined }> {
  const { issuer, clientId, refreshToken, user } = wanted
  if (issuer === undefined || clientId === undefined || refreshToken === undefined)
    throw denied(user, 'a refresh-token, a client-id and an idp-issuer-url', 'an expired id-token alone')
  const transport = openTransport({ environment: host.environment, ...(ca === undefined ? {} : { tls: { ca } }) })
  try {
    const metadata = await ask(
      transport,
      { url: secure(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, user), timeout: TIMEOUT, signal: host.signal },
      user,
    )
    const endpoint = secure(textOf(valueAt(metadata, ['token_endpoint'])), user)
    const answer = await ask(
      transport,
      { ...tokenRequest(wanted, valueAt(metadata, ['token_endpoint_auth_methods_supported'])), url: endpoint, timeout: TIMEOUT, signal: host.signal },
      user,
    )
    const [idToken, fresh] = ['id_token', 'refresh_token'].map((name) => valueAt(answer, [name]))
    if (typeof idToken !== 'string') throw denied(user, 'an id_token from the issuer', 'an answer without one')
    maskSecret(host, idToken)
    if (typeof fresh === 'string') maskSecret(host, fresh)
    return { idToken, refreshToken: typeof fresh === 'string' ? fresh : undefined }
  } finally {
    transport.close()
  }
}

function tokenRequest({ clientId = '', clientSecret, refreshToken = '' }: Refresh, methods: unknown): Pick<HttpRequest, 'method' | 'headers' | 'body'> {
  const supported: readonly unknown[] = Array.isArray(methods) ? methods : []
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
  const send = (fields: Readonly<Record<string, string>>, more = {}) => ({
    method: 'POST',
    headers: { ...headers, ...more },
    body: new URLSearchParams(fields).toString(),
  })
  if (clientSecret === undefined) return send({ ...form, client_id: clientId })
  // Basic is what an issuer supports when it names nothing.
  const inBody = supported.includes('client_secret_post') && !supported.includes('client_secret_basic')
  if (inBody) return send({ ...form, client_id: clientId, client_secret: clientSecret })
  return send(form, { authorization: `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}` })
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

async function ask(transport: Transport, request: HttpRequest, user: string): Promise<unknown> {
  const { status, body } = await transport.request(request)
  try {
    const value: unknown = JSON.parse(body)
    if (status === 200) return value
    throw denied(user, `an answer of ${request.url.host}`, `${status} ${textOf(valueAt(value, ['error'])).slice(0, 100)}`.trim())
  } catch (error) {
    // The parser's message quotes the body, which may hold a token.
    if (error instanceof SyntaxError) throw denied(user, `JSON from ${request.url.host}`, `${status} and something else`)
    throw error
  }
}

function secure(address: string, user: string): URL {
  const url = URL.parse(address)
  if (url?.protocol === 'https:') return url
  throw denied(user, 'an https: issuer', address.slice(0, 200))
}

function denied(user: string, expected: string, got: string): Fault {
  return new Fault('ACCESS_DENIED', `kubeconfig: user "${user}" cannot be signed in with OpenID Connect, expected ${expected}, got ${got}`, {
    hint: 'Sign in again and store the new kubeconfig.',
  })
}
