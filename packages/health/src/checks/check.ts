import { runInNewContext } from 'node:vm'
import type { Duration } from '@fairlead/base'

/** A question asked over HTTP before an application counts as healthy. */
export interface Check {
  /** Begins with a slash; may carry a query. */
  readonly path: string
  /** A number or a name; absent, the first port of the Pod or Service. */
  readonly port?: number | string
  readonly scheme: 'http' | 'https'
  readonly method: 'GET' | 'HEAD' | 'POST' | 'OPTIONS'
  readonly status: number
  /** What the body must hold. */
  readonly body?: string | RegExp
  readonly timeout: Duration
  /** Good answers in a row that are believed; as many bad ones in a row are believed, too. */
  readonly count: number
  /** Whom to ask: every Pod or every Service, through the API server's proxy, or the `url` input, from here. */
  readonly on: 'pods' | 'service' | 'url'
  readonly headers: Readonly<Record<string, string>>
}

/** Names a check in one line: `GET /healthz on every Pod: 200 within 2s, 3 times`. */
export function describeCheck({ method, path, on, status, timeout, count }: Check): string {
  const whom = { pods: 'every Pod', service: 'the Service', url: 'the URL' }[on]
  return `${method} ${path} on ${whom}: ${status} within ${timeout / 1_000}s, ${count === 1 ? 'once' : `${count} times`}`
}

export interface CheckAnswer {
  readonly status: number
  readonly body: string
}

/** Answers why an answer is not what the check wants, or undefined when it is. */
export function judgeAnswer(check: Check, answer: CheckAnswer): string | undefined {
  if (answer.status !== check.status) return `expected status ${check.status}, got ${answer.status}${excerpt(answer.body)}`
  if (check.body === undefined) return undefined
  const matches = typeof check.body === 'string' ? answer.body.includes(check.body) : matchesInTime(check.body, answer.body)
  if (matches === undefined) return `expected a body that matches ${String(check.body)}, got one on which that takes longer than ${LONGEST_MATCH / 1_000}s`
  if (matches) return undefined
  return `expected a body ${typeof check.body === 'string' ? `with ${JSON.stringify(check.body)}` : `that matches ${String(check.body)}`}, got${excerpt(answer.body) || ' an empty one'}`
}

/** Milliseconds an expression of the user's may take. */
const LONGEST_MATCH = 1_000

/** Some expressions take for ever on some texts, and nothing else runs meanwhile: only another context can be stopped. Answers undefined then. */
function matchesInTime({ source, flags }: RegExp, body: string): boolean | undefined {
  try {
    return runInNewContext('new RegExp(source, flags).test(body)', { source, flags, body }, { timeout: LONGEST_MATCH }) === true
  } catch (error) {
    // It comes from the other context, whose Error is not ours.
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined
    throw error
  }
}

const MOST_SHOWN = 160

function excerpt(body: string): string {
  const text = (messageOfStatus(body) ?? body).replaceAll(/\s+/g, ' ').trim()
  if (text === '') return ''
  return ` (${text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}...` : text})`
}

/** The API server's proxy answers for a Pod it cannot reach with a Status object, whose message is the reason. */
function messageOfStatus(body: string): string | undefined {
  if (!body.startsWith('{') || !body.includes('"kind":"Status"')) return undefined
  try {
    const status: unknown = JSON.parse(body)
    return typeof status === 'object' && status !== null && 'message' in status && typeof status.message === 'string' ? status.message : undefined
  } catch {
    // Only looks like one: the text itself is shown.
    return undefined
  }
}
