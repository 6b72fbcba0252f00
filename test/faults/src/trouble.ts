import type { Asked } from './asked.ts'

/** What a proxy does to a request instead of carrying it. */
export type Trouble =
  /** Waits, until it is let go, with the request in hand or with the server's whole reply. */
  | { readonly kind: 'hold'; readonly side: Side }
  /** The connection ends: before the server has heard of the request, or after it has done what was asked. */
  | { readonly kind: 'lose'; readonly side: Side }
  /** Nobody ever answers, and the connection stays; the server has done what was asked, or has not heard of it. */
  | { readonly kind: 'silence'; readonly side: Side }
  /** Answers in the server's place. Without a body it is a Status of that code. */
  | { readonly kind: 'answer'; readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** Carries it so many milliseconds late. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Something happens to a watch after so many whole lines of it. */
  | { readonly kind: 'stream'; readonly lines: number; readonly end: StreamEnd }

/** Before the server has heard of a request, or after it has answered. */
export type Side = 'before' | 'after'

/** `cut`: the connection ends within a line. `quiet`: nothing comes any more. `gone`: an ERROR event of code 410, then the end. `closed`: the end, in order. */
export type StreamEnd = 'cut' | 'quiet' | 'gone' | 'closed'

/** A request as a proxy counts it. */
export interface Numbered extends Asked {
  /** From 1, of all requests. */
  readonly number: number
  /** From 1, of all writes but renewals; 0 for what is none. */
  readonly nth: number
  /** A holder's PUT of the Lease it holds already: how many there are depends on time alone. */
  readonly renewal: boolean
  /** From 1, among requests that ask the same: `apply deployments shop-green` for the second time is 2. */
  readonly again: number
  /** When it arrived, in milliseconds of this process's steady clock. */
  readonly at: number
  /** What the server answered; undefined as long as it has not, or was never asked. */
  readonly status?: number
}

/** Chooses the requests a rule is for. */
export type Match = (asked: Numbered) => boolean

/** A rule in force. */
export interface Rule {
  /** Resolves with the first request it has struck: for a hold on the side `after`, once the server has answered. */
  readonly struck: Promise<Numbered>
  /** How often it has struck. */
  readonly strikes: number
  /** Lets what is held go on, and holds nothing any more. */
  release(): void
  /** Ends the rule; what is held is thrown away. */
  remove(): void
}

/** The `n`th write of a run. */
export const write =
  (n: number): Match =>
  ({ nth }) =>
    nth === n

/** The body the API server itself would send with a code. */
export function statusBody(code: number, message = 'a test stands in the way'): string {
  const reasons: Readonly<Record<number, string>> = {
    401: 'Unauthorized',
    409: 'Conflict',
    410: 'Expired',
    429: 'TooManyRequests',
    500: 'InternalError',
    503: 'ServiceUnavailable',
  }
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: reasons[code] ?? '', code })
}
