import { deadlineIn, isFault, RequestFault, type Clock, type Transport } from '@fairlead/base'
import type { Cluster } from '@fairlead/kube'
import { findPort } from './port.ts'
import type { Respondent } from './respondent.ts'
import { describeCheck, judgeAnswer, type Check, type CheckAnswer } from './check.ts'

/** How one respondent did. `reason` is the last thing that was wrong, absent when it passed. */
export interface CheckResult {
  readonly check: string
  readonly respondent: string
  readonly passed: boolean
  readonly reason?: string
  readonly attempts: number
  readonly seconds: number
}

interface Ports {
  readonly cluster: Cluster
  readonly web: Transport
}

export interface CheckOptions {
  readonly clock: Clock
  /** Milliseconds for all of them; 0 asks each once. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
}

/** The result of a check that found nobody to ask: it has proven nothing, so it has not passed. */
export function unanswered(check: Check): CheckResult {
  const whom = { pods: 'no healthy Pod', service: 'no Service', url: 'no URL' }[check.on]
  return { check: describeCheck(check), respondent: '-', passed: false, reason: `there is ${whom} to ask`, attempts: 0, seconds: 0 }
}

const PAUSE = 500
const AT_ONCE = 8

/**
 * Asks every respondent until it has given `count` good answers in a row, as many bad ones in a row, or time is up.
 *
 * No answer within the check's timeout is a bad answer. An API server that cannot be reached is a Fault, never a bad answer.
 */
export async function runChecks(respondents: readonly Respondent[], ports: Ports, options: CheckOptions): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  const waiting = respondents.entries()
  const worker = async () => {
    for (const [index, respondent] of waiting) results[index] = await askOne(respondent, ports, options)
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, respondents.length) }, worker))
  return results
}

async function askOne(respondent: Respondent, ports: Ports, options: CheckOptions): Promise<CheckResult> {
  const port = await findPort(respondent, ports.cluster)
  if (typeof port === 'string')
    return { check: describeCheck(respondent.check), respondent: respondent.name, passed: false, reason: port, attempts: 0, seconds: 0 }
  return await askRepeatedly(port === undefined ? respondent : { ...respondent, check: { ...respondent.check, port } }, ports, options)
}

async function askRepeatedly(respondent: Respondent, ports: Ports, options: CheckOptions): Promise<CheckResult> {
  const { clock, timeout } = options
  const started = clock.now()
  const tally = { good: 0, bad: 0, attempts: 0, wanted: timeout === 0 ? 1 : respondent.check.count }
  const reason = await countAnswers(respondent, ports, { ...options, tally })
  const passed = tally.good >= tally.wanted
  return {
    check: describeCheck({ ...respondent.check, count: tally.wanted }),
    respondent: respondent.name,
    passed,
    ...(passed ? {} : { reason: reason ?? `time was up after ${tally.good} of ${tally.wanted} good answers` }),
    attempts: tally.attempts,
    seconds: (clock.now() - started) / 1_000,
  }
}

interface Tally {
  good: number
  bad: number
  attempts: number
  readonly wanted: number
}

/** Asks until the tally is decided or time is up; answers the last complaint. */
async function countAnswers(
  respondent: Respondent,
  ports: Ports,
  { clock, timeout, signal, tally }: CheckOptions & { readonly tally: Tally },
): Promise<string | undefined> {
  const deadline = deadlineIn(clock, timeout)
  let last: string | undefined
  for (;;) {
    signal?.throwIfAborted()
    const complaint = await ask(respondent, ports, signal)
    tally.attempts += 1
    tally.good = complaint === undefined ? tally.good + 1 : 0
    tally.bad = complaint === undefined ? 0 : tally.bad + 1
    last = complaint ?? last
    if (tally.good >= tally.wanted || tally.bad >= tally.wanted || deadline.passed()) return last
    await clock.sleep(Math.min(PAUSE, deadline.remaining()), signal)
  }
}

async function ask(respondent: Respondent, ports: Ports, signal: AbortSignal | undefined): Promise<string | undefined> {
  const { check, where } = respondent
  try {
    const answer = where.type === 'url' ? askUrl(check, where.base, { web: ports.web, signal }) : askThroughProxy(respondent, ports.cluster, signal)
    return judgeAnswer(check, await answer)
  } catch (error) {
    const complaint = complaintOf(error, respondent)
    if (complaint === undefined) throw error
    return complaint
  }
}

/** What a failed request says about the respondent itself. Behind the proxy anything else that goes wrong is about the way there: undefined. */
function complaintOf(error: unknown, { check, where }: Respondent): string | undefined {
  if (isFault(error, 'NOT_FOUND')) return 'it is gone: it was replaced or deleted while it was being asked'
  if (!(error instanceof RequestFault)) return undefined
  if (error.timedOut) return `no answer within ${check.timeout / 1_000}s`
  if (error.tooLong) return `an answer of more than ${BODY_LIMIT} bytes`
  return where.type === 'url' && error.code === 'UNAVAILABLE' ? error.message : undefined
}

/** How much of a body a check looks at. */
const BODY_LIMIT = 1024 * 1024

function askUrl(check: Check, base: URL, { web, signal }: { web: Transport; signal: AbortSignal | undefined }): Promise<CheckAnswer> {
  // The path goes below the base's own: https://shop.example/v2/ and /healthz ask /v2/healthz.
  const url = new URL(`${base.pathname.replace(/\/$/, '')}${check.path}`, base)
  return web.request({ url, method: check.method, headers: check.headers, timeout: check.timeout, limit: BODY_LIMIT, signal })
}

function askThroughProxy({ check, where }: Respondent, cluster: Cluster, signal: AbortSignal | undefined): Promise<CheckAnswer> {
  if (where.type !== 'proxy') throw new TypeError('only Pods and Services are asked through the proxy')
  const { namespace, target, name } = where
  const { scheme, method, path, headers, timeout, port } = check
  return cluster.proxy({ namespace, target, name, scheme, method, path, headers, timeout, ...(port === undefined ? {} : { port }) }, { signal })
}
