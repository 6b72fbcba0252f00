import {
  backoff,
  isFault,
  openTransport,
  retry,
  RequestFault,
  SUITE,
  type Clock,
  type Deadline,
  type HttpRequest,
  type HttpResponse,
  type Transport,
} from '@fairlead/base'
import { isLoopback, isLoopbackAddress } from './address.ts'

export interface WireOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Milliseconds one request may take. */
  readonly attemptTimeout: number
  readonly ca?: string
  readonly random?: () => number
}

/** How long one question may go on. */
export interface Patience {
  readonly deadline: Deadline
  readonly signal: AbortSignal | undefined
}

export type WireRequest = Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'>

const PAUSES = { first: 250, most: 2_000 }
const MOST_ATTEMPTS = 3
/** What the distribution specification says a registry must take, and none needs more. */
const LONGEST_ANSWER = 4 * 1024 * 1024
const USER_AGENT = `fairlead/${SUITE.version}`

/** Sends requests and repeats those that may pass by themselves. Knows nothing of registries. */
export class Wire {
  readonly #options: WireOptions
  readonly #world: Transport
  /** To this machine no proxy leads, and `localhost` is not believed to be it. */
  readonly #here: Transport

  constructor(options: WireOptions) {
    this.#options = options
    const tls = options.ca === undefined ? {} : { ca: options.ca }
    this.#world = openTransport({ tls, environment: options.environment })
    this.#here = openTransport({ tls, forbid: (address) => (isLoopbackAddress(address) ? undefined : `${address} is not this machine`) })
  }

  /** Answers whatever the server did in the end: 429, 5xx and lost connections are tried three times within the deadline. Throws a RequestFault when there was no answer. */
  async send(request: WireRequest, { deadline, signal }: Patience): Promise<HttpResponse> {
    const { clock } = this.#options
    try {
      return await retry(
        async () => {
          const response = await this.once(request, { deadline, signal })
          if (mayPass(response.status)) throw new Passing(response)
          return response
        },
        { clock, deadline, signal, pause: (error, number) => this.#pause(error, number) },
      )
    } catch (error) {
      if (error instanceof Passing) return error.response
      throw error
    }
  }

  /** Sends once. */
  once(request: WireRequest, { deadline, signal }: Patience): Promise<HttpResponse> {
    const transport = isLoopback(request.url) ? this.#here : this.#world
    return transport.request({
      ...request,
      headers: { 'user-agent': USER_AGENT, ...request.headers },
      timeout: Math.max(1, Math.min(this.#options.attemptTimeout, deadline.remaining())),
      limit: LONGEST_ANSWER,
      signal,
    })
  }

  close(): void {
    this.#world.close()
    this.#here.close()
  }

  #pause(error: unknown, number: number): number | undefined {
    if (number >= MOST_ATTEMPTS) return undefined
    const { random } = this.#options
    const own = backoff(number, { ...PAUSES, ...(random === undefined ? {} : { random }) })
    if (error instanceof Passing) return Math.max(own, secondsOf(error.response) * 1_000)
    return error instanceof RequestFault && isFault(error, 'UNAVAILABLE') && !error.tooLong ? own : undefined
  }
}

/** An answer that may be another one in a moment. */
class Passing extends Error {
  readonly response: HttpResponse

  constructor(response: HttpResponse) {
    super(`status ${response.status}`)
    this.response = response
  }
}

function mayPass(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501)
}

/** A date would be compared with our own clock, which may be wrong. */
function secondsOf({ headers }: HttpResponse): number {
  const asked = headers['retry-after']?.trim() ?? ''
  return /^\d{1,6}$/.test(asked) ? Number(asked) : 0
}
