/** What GitHub answered. */
interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** GitHub's own words: foreign text on one line, empty where there was none. */
  readonly message: string
}

/** Says that GitHub answered, and that the answer is no. */
export class Refusal extends Error {
  readonly status: number
  /** For how many milliseconds it wants to be left alone; undefined when this is not about asking too much. */
  readonly rest: number | undefined

  /** `now` is the time where GitHub does not tell its own. */
  constructor(answered: Answered, now: Date) {
    super(answered.message)
    this.status = answered.status
    this.rest = restOf(answered, now)
  }
}

/** GitHub has no comparison for two histories that never met, and says so with a 404. */
export function hasNoCommonAncestor({ message }: Refusal): boolean {
  return message.startsWith('No common ancestor between ')
}

/** The least to wait where GitHub does not say for how long. https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const UNTOLD = 60_000

function restOf({ status, headers, message }: Answered, now: Date): number | undefined {
  if (status !== 403 && status !== 429) return undefined
  const after = secondsIn(headers['retry-after'])
  if (after !== undefined) return after * 1_000
  const reset = headers['x-ratelimit-remaining'] === '0' ? secondsIn(headers['x-ratelimit-reset']) : undefined
  if (reset !== undefined) return Math.max(1_000, reset * 1_000 - timeOf(headers, now))
  return status === 429 || /\brate limit\b/i.test(message) ? UNTOLD : undefined
}

/** The clock of this machine may be wrong. */
function timeOf({ date = '' }: Answered['headers'], now: Date): number {
  const told = Date.parse(date)
  return Number.isNaN(told) ? now.getTime() : told
}

function secondsIn(text = ''): number | undefined {
  return /^\d{1,12}$/.test(text.trim()) ? Number(text) : undefined
}
