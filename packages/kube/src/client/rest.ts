import {
  backoff,
  deadlineIn,
  Fault,
  isFault,
  retry,
  RequestFault,
  type Clock,
  type Deadline,
  type HttpRequest,
  type HttpResponse,
  type HttpStream,
  type Transport,
} from '@fairlead/base'
import { abortable } from './abortable.ts'
import type { Call } from './call.ts'
import { ServerFault, serverFault } from './server-fault.ts'
import { USER_AGENT } from './user-agent.ts'

/** How a connected account proves who it is, attempt by attempt. */
export interface Session {
  /** The transport with the certificate of now, and the headers that go with every request. */
  open(): Promise<{ readonly transport: Transport; readonly headers: Readonly<Record<string, string>> }>
  /** Called after a 401; answers whether there are new credentials to try with. */
  renew(): Promise<boolean>
  close(): void
}

/** Who to speak with, as whom, how patiently. */
export interface RestOptions {
  readonly server: URL
  readonly session: Session
  readonly clock: Clock
  /** Milliseconds that reads, and writes, are retried for. */
  readonly readDeadline: number
  readonly writeDeadline: number
  /** Milliseconds one attempt may take. */
  readonly attemptTimeout: number
  readonly random?: () => number
}

const PAUSES = { first: 250, most: 8_000 }
const SHORTEST_ATTEMPT = 1_000

/** Speaks HTTP with one API server: addresses, credentials, retries of reads. What a lost write means is decided elsewhere. */
export class Rest {
  readonly #options: RestOptions

  constructor(options: RestOptions) {
    this.#options = options
  }

  get server(): URL {
    return this.#options.server
  }

  /** Reads until there is an answer: 429, 5xx and lost connections are retried with growing pauses until the deadline. Throws a Fault for every answer that is no success. */
  read(call: Call): Promise<HttpResponse> {
    const deadline = deadlineIn(this.#options.clock, Math.min(call.patience ?? Infinity, this.#options.readDeadline))
    return this.retry(() => this.once(call, deadline), { deadline, signal: call.signal, again: isPassing })
  }

  /** Sends once. Throws a Fault for every answer that is no success. */
  async once(call: Call, deadline?: Deadline): Promise<HttpResponse> {
    const response = await this.answer(call, deadline)
    if (response.status >= 200 && response.status < 300) return response
    throw serverFault(response, call)
  }

  /** Sends once and answers whatever the server did; a 401 is tried again with renewed credentials. */
  async answer(call: Call, deadline?: Deadline): Promise<HttpResponse> {
    const request = this.#request(call, deadline)
    const first = await this.#attempt((transport, headers) => transport.request({ ...request, headers }), call)
    if (first.status !== 401 || !(await abortable(this.#options.session.renew(), call.signal))) return first
    return this.#attempt((transport, headers) => transport.request({ ...request, headers }), call)
  }

  /** Opens a stream; only its head is waited for. Throws a Fault when the answer is no success. */
  async stream(call: Call): Promise<HttpStream> {
    const request = this.#request(call)
    const open = () => this.#attempt((transport, headers) => transport.stream({ ...request, headers }), call)
    let stream = await open()
    if (stream.status === 401 && (await abortable(this.#options.session.renew(), call.signal))) {
      stream.close()
      stream = await open()
    }
    if (stream.status === 200) return stream
    throw serverFault({ status: stream.status, headers: stream.headers, body: await readShort(stream) }, call)
  }

  /** Repeats an attempt while `again` says so, with growing pauses or those the server asks for. The last error is thrown as it is. */
  retry<T>(
    attempt: (number: number) => Promise<T>,
    options: { readonly deadline: Deadline; readonly signal: AbortSignal | undefined; readonly again: (error: unknown) => boolean },
  ): Promise<T> {
    const { clock, random } = this.#options
    const spread = random === undefined ? {} : { random }
    const { deadline, signal, again } = options
    const pause = (error: unknown, number: number) => {
      if (!again(error) && !(isUnsettled(error) && number <= UNSETTLED_ATTEMPTS)) return undefined
      const asked = error instanceof ServerFault ? error.retryAfter : undefined
      const own = backoff(number, { ...PAUSES, ...spread })
      // Never sooner than asked, and not all clients at the same moment.
      return asked === undefined ? own : asked + own / 4
    }
    return retry(attempt, { clock, deadline, signal, pause })
  }

  writeDeadline(): Deadline {
    return deadlineIn(this.#options.clock, this.#options.writeDeadline)
  }

  close(): void {
    this.#options.session.close()
  }

  #request(call: Call, deadline?: Deadline): HttpRequest {
    const { attemptTimeout } = this.#options
    const timeout = Math.max(SHORTEST_ATTEMPT, Math.min(call.timeout ?? attemptTimeout, deadline?.remaining() ?? Infinity))
    return {
      method: call.method,
      url: this.#url(call),
      headers: { accept: 'application/json', 'user-agent': USER_AGENT, ...call.headers },
      timeout,
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.limit === undefined ? {} : { limit: call.limit }),
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    }
  }

  #url({ path, query = {}, search, target }: Call): URL {
    const url = new URL(this.#options.server)
    const base = url.pathname.replace(/\/$/, '')
    url.pathname = `${base}${path}`
    // A URL resolves dots and turns \\ into /: what it would ask for then is something else.
    if (url.pathname.split('/').length !== `${base}${path}`.split('/').length) {
      throw new Fault('INPUT_INVALID', `${target}: the path leaves its place, expected none with dot segments, got ${path}`, {
        hint: 'Write the path without .. in it.',
      })
    }
    if (search !== undefined) url.search = search
    for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') url.searchParams.set(name, value)
    return url
  }

  async #attempt<T>(send: (transport: Transport, headers: Readonly<Record<string, string>>) => Promise<T>, call: Call): Promise<T> {
    const { transport, headers } = await abortable(this.#options.session.open(), call.signal)
    return send(transport, { accept: 'application/json', 'user-agent': USER_AGENT, ...call.headers, ...headers })
  }
}

/** Tells whether an error may pass by itself: nobody answered, or 429 and 5xx. A 410 does not. */
export function isPassing(error: unknown): boolean {
  return isFault(error, 'UNAVAILABLE') && !(error instanceof ServerFault && (error.status === 410 || error.status === 501))
}

/** A server that has just started says no in the name of roles it has not read yet. A binding to a role that does not exist looks the same, and is believed after a few seconds. */
function isUnsettled(error: unknown): boolean {
  return error instanceof ServerFault && error.status === 403 && /RBAC: .*role\.rbac\.authorization\.k8s\.io "[^"]*" not found/.test(error.message)
}

const UNSETTLED_ATTEMPTS = 6

/** Tells whether the API server cannot have acted on what we sent: it never got it, or turned it away at the door. */
export function isUnheard(error: unknown): boolean {
  if (error instanceof ServerFault) return error.status === 429
  return error instanceof RequestFault && error.code === 'UNAVAILABLE' && !error.sent
}

const LONGEST_REFUSAL = 64 * 1024

async function readShort(stream: HttpStream): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of stream.chunks) {
      parts.push(chunk)
      size += chunk.length
      if (size > LONGEST_REFUSAL) break
    }
  } finally {
    stream.close()
  }
  return Buffer.concat(parts).toString('utf8')
}
