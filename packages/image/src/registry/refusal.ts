import { Fault, type HttpResponse } from '@fairlead/base'
import { adviceFor, describeLogin, type Login } from './login.ts'

/** Says that somebody answered, and that we still cannot see. `who` is `it`, the registry, or its token server. */
export function refusal(who: string, response: HttpResponse, login: Login): Fault {
  const answer = describeAnswer(response)
  if (response.status === 401 || response.status === 403) {
    return new Fault('ACCESS_DENIED', `${who} answers ${answer}, and was asked ${describeLogin(login)}`, { hint: adviceFor(login) })
  }
  if (response.status === 429)
    return new Fault('UNAVAILABLE', `${who} is asked too often and answers ${answer}`, { hint: 'Sign in to the registry, which raises its limits, or wait.' })
  return new Fault('UNAVAILABLE', `${who} answers ${answer}, expected 200`, { hint: 'Look at the state of the registry, and run this again.' })
}

/** `404 MANIFEST_UNKNOWN`. Only the code: an error's words are free text, and may repeat what we sent. */
export function describeAnswer(response: HttpResponse): string {
  return [response.status, ...codesOf(response.body)].join(' ')
}

const CODE = /^[A-Z][A-Z0-9_]{1,40}$/
const MOST_CODES = 3

function codesOf(body: string): readonly string[] {
  try {
    const { errors } = JSON.parse(body) as { readonly errors?: unknown }
    if (!Array.isArray(errors)) return []
    return errors
      .map(codeOf)
      .filter((code) => CODE.test(code))
      .slice(0, MOST_CODES)
  } catch {
    // A web page, or nothing, as a HEAD has it.
    return []
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
