import { lookup } from 'node:dns'
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { Fault } from './fault.ts'

/** What identifies both ends of a TLS connection; all PEM. */
export interface TlsIdentity {
  /** Replaces the trusted authorities of this machine; absent, those and `NODE_EXTRA_CA_CERTS` hold. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly passphrase?: string
  /** The name to check the certificate against, when it is not the host's. */
  readonly serverName?: string
  /** Accepts any certificate. Only ever set where an input of the user's allows it. */
  readonly insecure?: boolean
}

export interface TransportOptions {
  readonly tls?: TlsIdentity
  /** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` (either case) are honoured as Node reads them; anything else is ignored. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Answers why an address may not be connected to, or undefined. Asked about what a name resolves to, at the moment of connecting. A proxy connects by itself and is not asked. */
  readonly forbid?: (address: string) => string | undefined
}

export interface HttpRequest {
  readonly method?: string
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds until the whole answer must be there (for a stream: its head). */
  readonly timeout: number
  /** Bytes of answer that are accepted; 64 MiB unless told. */
  readonly limit?: number
  readonly signal?: AbortSignal | undefined
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface HttpStream {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The bytes as they come; ends when the server ends, throws a RequestFault when the connection breaks. */
  readonly chunks: AsyncIterable<Uint8Array>
  close(): void
}

/** Keeps connections to one outside system open between requests. Redirects are never followed: credentials stay with the host they were given for. */
export interface Transport {
  request(request: HttpRequest): Promise<HttpResponse>
  stream(request: HttpRequest): Promise<HttpStream>
  close(): void
}

/** Says that a request got no answer. `sent` tells whether the server may have acted on it all the same. */
export class RequestFault extends Fault {
  readonly sent: boolean
  /** The server was there but did not answer in time. */
  readonly timedOut: boolean
  /** The answer was longer than accepted. */
  readonly tooLong: boolean

  constructor(message: string, details: { sent: boolean; cause: unknown; hint?: string; final?: boolean }) {
    const { cause, hint } = details
    super(details.final === true ? 'ENVIRONMENT_MISSING' : 'UNAVAILABLE', message, { cause, ...(hint === undefined ? {} : { hint }) })
    this.sent = details.sent
    this.timedOut = details.cause instanceof TimedOut
    this.tooLong = details.cause instanceof TooLong
  }
}

class TimedOut extends Error {}
class TooLong extends Error {}
class Forbidden extends Error {}

const DEFAULT_LIMIT = 64 * 1024 * 1024

/** Opens a transport; nothing is contacted yet. */
export function openTransport({ tls = {}, environment = {}, forbid }: TransportOptions = {}): Transport {
  const proxyEnv = pickProxies(environment)
  const guard = forbid === undefined ? {} : { lookup: guardedLookup(forbid) }
  const http = new HttpAgent({ keepAlive: true, proxyEnv, ...guard })
  const https = new HttpsAgent({
    keepAlive: true,
    proxyEnv,
    ...guard,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: tls.insecure !== true,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  })
  const send = async (request: HttpRequest) => {
    // A literal address is connected to without being looked up.
    const literal = request.url.hostname.replace(/^\[|\]$/g, '')
    const refusal = isIP(literal) === 0 ? undefined : forbid?.(literal)
    if (refusal !== undefined) throw lost(request, new Forbidden(refusal), false)
    return await open(request, request.url.protocol === 'http:' ? http : https)
  }
  return {
    async request(request) {
      const answer = await send(request)
      const { response, timer } = answer
      try {
        return { status: response.statusCode ?? 0, headers: flatten(response), body: await readAll(answer, request) }
      } finally {
        clearTimeout(timer)
      }
    },
    async stream(request) {
      const answer = await send(request)
      const { response, timer } = answer
      clearTimeout(timer)
      return {
        status: response.statusCode ?? 0,
        headers: flatten(response),
        chunks: chunksOf(answer, request),
        close: () => response.destroy(),
      }
    },
    close() {
      http.destroy()
      https.destroy()
    },
  }
}

/** Resolves as Node does, then refuses the whole name if any of its addresses is forbidden: which one is used is not ours to choose. */
function guardedLookup(forbid: (address: string) => string | undefined): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const refusal = addresses?.map(({ address }) => forbid(address)).find((reason) => reason !== undefined)
      if (error !== null || refusal !== undefined) return callback(error ?? new Forbidden(refusal), '', 0)
      const [first] = addresses
      if (options.all === true) callback(null, addresses)
      else callback(null, first?.address ?? '', first?.family ?? 0)
    })
  }
}

interface Answer {
  readonly response: IncomingMessage
  readonly timer: NodeJS.Timeout
  /** What ended the request from our side, which its stream only knows as a broken connection. */
  readonly ended: { reason?: Error }
}

function open(request: HttpRequest, agent: HttpAgent | HttpsAgent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (request.signal?.aborted === true) return reject(request.signal.reason)
    const start = request.url.protocol === 'http:' ? httpRequest : httpsRequest
    const body = request.body === undefined ? undefined : Buffer.from(request.body)
    let sent = false
    const ended: Answer['ended'] = {}
    const outgoing: ClientRequest = start(request.url, {
      agent,
      method: request.method ?? 'GET',
      headers: { ...request.headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) },
    })
    const timer = setTimeout(() => {
      ended.reason = new TimedOut(`no answer within ${request.timeout} ms`)
      outgoing.destroy(ended.reason)
    }, request.timeout)
    const onAbort = () => outgoing.destroy(request.signal?.reason instanceof Error ? request.signal.reason : new Error('aborted'))
    request.signal?.addEventListener('abort', onAbort, { once: true })
    outgoing.on('close', () => request.signal?.removeEventListener('abort', onAbort))
    // The body is written once the connection stands; before that the server cannot have seen anything.
    outgoing.on('socket', (socket) => {
      if (!socket.connecting) sent = true
      else socket.once(request.url.protocol === 'http:' ? 'connect' : 'secureConnect', () => (sent = true))
    })
    outgoing.on('response', (response) => resolve({ response, timer, ended }))
    outgoing.on('error', (error) => {
      clearTimeout(timer)
      reject(request.signal?.aborted === true ? request.signal.reason : lost(request, error, sent))
    })
    outgoing.end(body)
  })
}

async function readAll(answer: Answer, request: HttpRequest): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  const limit = request.limit ?? DEFAULT_LIMIT
  for await (const chunk of chunksOf(answer, request)) {
    size += chunk.length
    if (size > limit) {
      answer.response.destroy()
      throw new RequestFault(`${where(request.url)} answered more than ${limit} bytes`, { sent: true, cause: new TooLong('too long') })
    }
    parts.push(chunk)
  }
  return Buffer.concat(parts).toString('utf8')
}

async function* chunksOf({ response, ended }: Answer, request: HttpRequest): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array
  } catch (error) {
    if (request.signal?.aborted === true) throw request.signal.reason
    throw lost(request, ended.reason ?? error, true)
  }
}

function lost(request: HttpRequest, error: unknown, sent: boolean): RequestFault {
  const { code = '', message } = error as NodeJS.ErrnoException
  const place = where(request.url)
  if (error instanceof Forbidden) return new RequestFault(`${place} may not be asked: ${message}`, { sent: false, cause: error, final: true })
  if (isDistrust(code)) {
    const hint = 'Give the certificate authority of this server (certificate-authority-data); Fairlead never goes on without it.'
    return new RequestFault(`${place} is not trusted: ${message}`, { sent: false, cause: error, hint, final: true })
  }
  return new RequestFault(`${place} could not be reached: ${code === '' || message.includes(code) ? message : `${code} ${message}`}`, { sent, cause: error })
}

const DISTRUST = /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY|DECRYPT)|ERR_SSL_|EPROTO$|ERR_TLS_)/

function isDistrust(code: string): boolean {
  return DISTRUST.test(code)
}

/** Names a server without what may be secret in its URL: no user information, no query. */
function where({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}

function flatten(response: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]))
}

function pickProxies(environment: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']
  return Object.fromEntries(names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])))
}
