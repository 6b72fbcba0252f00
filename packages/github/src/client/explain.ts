import { Fault, formatDuration, isFault, milliseconds, RequestFault } from '@fairlead/base'
import { CHECK_ADDRESS } from './api-address.ts'
import { Refusal } from './refusal.ts'

/** What was asked, for the words of a fault. */
export interface Matter {
  /** `Repository "acme/shop": commits ... cannot be compared`. */
  readonly subject: string
  /** The line under `permissions:` that lets a job ask this. */
  readonly permission: string
  readonly repository: string
}

/** Turns what went wrong into a Fault that says what was asked, and what to do. What is no refusal and no Fault is a mistake of ours, and answered as it is. */
export function explain(error: unknown, matter: Matter): unknown {
  if (error instanceof Refusal) return error.rest === undefined ? refused(error, matter) : tooOften(error, { ...matter, rest: error.rest })
  if (error instanceof RequestFault) return new Fault(error.code, `${matter.subject}, ${error.message}`, { hint: hintOf(error), cause: error })
  if (!isFault(error) || error.code === 'BUG' || error.code === 'CANCELLED') return error
  return new Fault(error.code, `${matter.subject}, ${error.message}`, { ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error })
}

function tooOften(refusal: Refusal, { subject, rest }: Matter & { readonly rest: number }): Fault {
  const time = formatDuration(milliseconds(Math.ceil(rest / 1_000) * 1_000))
  return new Fault('UNAVAILABLE', `${subject}, GitHub is asked too often with this token, expected 200, got ${answerOf(refusal)} and to wait ${time}`, {
    hint: `Run this again in ${time}, or give \`github-token\` a token of its own limit.`,
    cause: refusal,
  })
}

function refused(refusal: Refusal, { subject, permission, repository }: Matter): Fault {
  const got = `expected 200, got ${answerOf(refusal)}`
  const fault = (code: Fault['code'], words: string, hint: string) => new Fault(code, `${subject}, ${words}, ${got}`, { hint, cause: refusal })
  const { status } = refusal
  if (status === 401) return fault('ACCESS_DENIED', 'the token is not accepted', "Give `github-token` a token that is valid; its default is the job's.")
  if (status === 403)
    return fault(
      'ACCESS_DENIED',
      'the token may not read this',
      `Add \`${permission}\` under \`permissions:\` of the job; outside its own repository, give \`github-token\` a token that may read ${repository}.`,
    )
  if (status === 404) {
    const hint = `Give the token \`${permission}\` for ${repository}; a commit that is gone from there for good can only be passed over by a person.`
    return fault('NOT_FOUND', 'one of them is unknown or hidden from the token', hint)
  }
  if (status >= 500) return fault('UNAVAILABLE', 'GitHub is not well', 'Look at the state of GitHub, and run this again.')
  return fault('UNSUPPORTED', 'GitHub answers in a way we do not know', CHECK_ADDRESS)
}

const LONGEST_WORDS = 160

/** `403 Resource not accessible by integration`. */
function answerOf({ status, message }: Refusal): string {
  return message === '' ? String(status) : `${status} ${message.slice(0, LONGEST_WORDS)}`
}

/** The hint of a lost request speaks of a cluster. */
function hintOf({ code }: RequestFault): string {
  return code === 'ENVIRONMENT_MISSING'
    ? 'Name the authority that signed the certificate of GitHub in NODE_EXTRA_CA_CERTS.'
    : 'Check that this machine reaches GitHub, and HTTPS_PROXY where there is a proxy.'
}
