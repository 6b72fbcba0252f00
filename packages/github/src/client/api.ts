import { backoff, Fault, openTransport, RequestFault, retry, SUITE, type Clock, type Deadline, type Transport } from '@fairlead/base'
import type { Octokit } from '@octokit/core'
import type { RequestError } from '@octokit/request-error'
import { apiAddress, CHECK_ADDRESS } from './api-address.ts'
import { fetchOver, type Fetch } from './fetch-over.ts'
import { Refusal } from './refusal.ts'

export interface ApiOptions {
  readonly token: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Milliseconds one request may take. 5 s unless told. */
  readonly attemptTimeout?: number
  /** Only for tests: what spreads the pauses. */
  readonly random?: () => number
}

/** How long one question may go on. */
export interface Patience {
  readonly deadline: Deadline
  readonly signal: AbortSignal | undefined
}

/** What a question has to hand on to the library. */
export interface RequestPart {
  readonly fetch: Fetch
}

const PAUSES = { first: 250, most: 2_000 }
const MOST_ATTEMPTS = 3
/** What asks for a longer rest is an answer, not a pause. */
const LONGEST_REST = 5_000

/** Speaks with the REST API through the library, whose requests go over our transport, and repeats what may pass by itself: only for reads. */
export class Api {
  readonly #options: ApiOptions
  readonly #transport: Transport
  #loading: Promise<Loaded> | undefined

  constructor(options: ApiOptions) {
    this.#options = options
    this.#transport = openTransport({ environment: options.environment })
  }

  /** Answers what GitHub says of it, unread. Throws a Refusal, a Fault, or what the signal was aborted with. */
  async ask(
    question: (octokit: Octokit, request: RequestPart) => Promise<{ readonly data: object }>,
    patience: Patience,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { token, clock } = this.#options
    demandToken(token)
    this.#loading ??= load(apiAddress(this.#options.environment), token)
    const loaded = await this.#loading
    const fetch = fetchOver(this.#transport, { ...patience, attemptTimeout: this.#options.attemptTimeout ?? 5_000 })
    return await retry(() => once(loaded, (octokit) => question(octokit, { fetch }), clock), {
      clock,
      ...patience,
      pause: (error, number) => this.#pause(error, number),
    })
  }

  close(): void {
    this.#transport.close()
  }

  #pause(error: unknown, number: number): number | undefined {
    if (number >= MOST_ATTEMPTS || !mayPass(error)) return undefined
    const { random } = this.#options
    const own = backoff(number, { ...PAUSES, ...(random === undefined ? {} : { random }) })
    return error instanceof Refusal ? Math.max(own, error.rest ?? 0) : own
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof Refusal) return error.rest === undefined ? error.status >= 500 && error.status !== 501 : error.rest <= LONGEST_REST
  return error instanceof RequestFault && error.code === 'UNAVAILABLE' && !error.tooLong
}

interface Loaded {
  readonly octokit: Octokit
  readonly isRequestError: (error: unknown) => error is RequestError
}

/** Its own log would pass by the masking of ours. */
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** Most runs never ask, and need not load it. */
async function load(address: URL, token: string): Promise<Loaded> {
  const [core, errors] = await Promise.all([import('@octokit/core'), import('@octokit/request-error')])
  const octokit = new core.Octokit({
    auth: token,
    baseUrl: address.href.replace(/\/$/, ''),
    userAgent: `fairlead/${SUITE.version}`,
    log: SILENT,
    request: { log: SILENT },
  })
  return { octokit, isRequestError: (error) => error instanceof errors.RequestError }
}

async function once(
  { octokit, isRequestError }: Loaded,
  question: (octokit: Octokit) => Promise<{ readonly data: unknown }>,
  clock: Clock,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { data } = await question(octokit)
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Readonly<Record<string, unknown>>
  } catch (error) {
    throw isRequestError(error) ? unwrap(error, clock.date()) : error
  }
  throw new Fault('UNSUPPORTED', 'it is not GitHub that answers, expected a JSON object, got something else', {
    hint: CHECK_ADDRESS,
  })
}

/** What never had an answer comes back as our transport threw it. */
function unwrap(error: RequestError, now: Date): unknown {
  const { response } = error
  if (response === undefined) return error.cause
  return new Refusal({ status: response.status, headers: textsIn(response.headers), message: wordsOf(response.data) }, now)
}

function textsIn(headers: object): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

function wordsOf(data: unknown): string {
  const { message } = (data ?? {}) as { readonly message?: unknown }
  return typeof message === 'string' ? message.replaceAll(/\s+/g, ' ').trim() : ''
}

function demandToken(token: string): void {
  if (token === '')
    throw new Fault('ACCESS_DENIED', 'nobody is asked without a token, expected one, got none', {
      hint: 'Give input `github-token`; `permissions:` of the job needs `contents: read` for it.',
    })
  if (!/^[\x21-\x7E]+$/.test(token))
    throw new Fault('INPUT_INVALID', 'input "github-token": expected a token in printable ASCII, got other characters', {
      hint: 'Check the secret it comes from.',
    })
}
