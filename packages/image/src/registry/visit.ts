import { Fault, RequestFault, type HttpResponse } from '@fairlead/base'
import type { ImageReference } from '../reference.ts'
import { addressOf, isLoopback } from './address.ts'
import type { Login } from './login.ts'
import { signIn } from './sign-in.ts'
import type { Patience, Wire } from './wire.ts'

/** One question to one registry about one repository. */
export interface Visit {
  readonly login: Login
  /** Sends to a path of the registry, signed in when it asks for that. Answers whatever the registry did. */
  ask(method: 'HEAD' | 'GET', path: string): Promise<HttpResponse>
}

export interface VisitRequest {
  readonly reference: ImageReference
  readonly login: Login
  readonly patience: Patience
}

const MOST_REDIRECTS = 3
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** Indexes first: their digest stands for all platforms. */
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** Opens visits, and remembers between them how each registry speaks and what it let us in with. */
export class Visits {
  readonly #wire: Wire
  readonly #mask: (secret: string) => void
  /** By registry. */
  readonly #bases = new Map<string, URL>()
  /** `Authorization` by repository, since that is what a token is good for. */
  readonly #passes = new Map<string, string>()

  constructor(wire: Wire, mask: (secret: string) => void) {
    this.#wire = wire
    this.#mask = mask
  }

  async open({ reference, login, patience }: VisitRequest): Promise<Visit> {
    const { registry, repository } = reference
    const base = this.#bases.get(registry) ?? (await this.#findBase(addressOf(registry), patience))
    this.#bases.set(registry, base)
    const place = `${registry}/${repository}`
    return {
      login,
      ask: async (method, path) => {
        const url = new URL(path, base)
        const first = await this.#follow({ method, url, pass: this.#passes.get(place) }, patience)
        if (first.status !== 401) return first
        const means = { wire: this.#wire, patience, mask: this.#mask }
        const pass = await signIn(first.headers['www-authenticate'] ?? '', { base, repository, login }, means)
        this.#passes.set(place, pass)
        return await this.#follow({ method, url, pass }, patience)
      },
    }
  }

  /**
   * A registry of this machine is taken to speak plain HTTP, as nearly all do, and then answers at once. One that does not hangs up on it or answers 400, which is what
   * servers of TLS do. No credentials are with this request.
   */
  async #findBase(address: URL, patience: Patience): Promise<URL> {
    if (!isLoopback(address)) return address
    // Setting the scheme of a URL would forget a port that is the default of the other.
    const plain = new URL(`http://${address.hostname}:${address.port === '' ? 80 : address.port}`)
    try {
      const { status } = await this.#wire.once({ url: new URL('/v2/', plain) }, patience)
      return status === 400 ? address : plain
    } catch (error) {
      if (!(error instanceof RequestFault) || error.code !== 'UNAVAILABLE') throw error
      return error.sent && !error.timedOut ? address : plain
    }
  }

  async #follow(
    { method, url, pass }: { readonly method: string; readonly url: URL; readonly pass: string | undefined },
    patience: Patience,
  ): Promise<HttpResponse> {
    const headers = { accept: ACCEPT, ...(pass === undefined ? {} : { authorization: pass }) }
    let target = url
    for (let redirects = 0; ; redirects += 1) {
      const response = await this.#wire.send({ method, url: target, headers }, patience)
      if (!REDIRECTS.has(response.status)) return response
      target = redirected(target, response.headers['location'] ?? '')
      if (redirects >= MOST_REDIRECTS) throw new Fault('UNSUPPORTED', `it redirects more than ${MOST_REDIRECTS} times`)
    }
  }
}

function redirected(from: URL, location: string): URL {
  const target = URL.parse(location, from.href)
  if (target !== null && target.origin === from.origin) return target
  const got = target === null ? 'no address' : `${target.protocol}//${target.host}`
  throw new Fault('UNSUPPORTED', `it redirects to another place, expected an answer of ${from.host}, got ${got}`, {
    hint: 'Name the image by the registry that answers in the end.',
  })
}
