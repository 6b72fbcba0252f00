/** How an account proves who it is, at this moment. */
export interface Identity {
  readonly headers: Readonly<Record<string, string>>
  /** PEM. */
  readonly certificate?: string
  readonly key?: string
}

/** Where an identity comes from. Answers the same one as long as it holds. */
export interface IdentitySource {
  get(): Promise<Identity>
  /** Called when the API server does not accept it any more; answers whether `get` may now have another. */
  renew(): Promise<boolean>
}

/** An identity that never changes. */
export function fixedIdentity(identity: Identity): IdentitySource {
  return { get: () => Promise.resolve(identity), renew: () => Promise.resolve(false) }
}

/** The header of a bearer token. */
export function bearer(token: string): Identity {
  return { headers: { authorization: `Bearer ${token}` } }
}

/** An identity with a term, obtained anew when it ends and when it is refused. It is never made twice at once. */
export interface Term {
  readonly identity: Identity
  /** Milliseconds of the wall clock after which it is no good; absent while nobody knows. */
  readonly until?: number
}

/** Ends a term early, so that a request under way does not outlive it. */
const EARLY = 30_000

/** Keeps what `obtain` answers until its term ends. `now` is this machine's wall clock, on which such terms are written. */
export function termedIdentity(obtain: () => Promise<Term>, now: () => number): IdentitySource {
  let held: Term | undefined
  let obtaining: Promise<Term> | undefined
  const load = () => {
    obtaining ??= obtain()
      .then((term) => (held = term))
      .finally(() => (obtaining = undefined))
    return obtaining
  }
  return {
    async get() {
      const term = held !== undefined && (held.until === undefined || now() < held.until - EARLY) ? held : await load()
      return term.identity
    },
    async renew() {
      await load()
      return true
    },
  }
}
