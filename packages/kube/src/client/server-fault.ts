import { Fault, type FaultCode, type FaultDetails, type HttpResponse } from '@fairlead/base'
import { valueAt } from '../json-pointer.ts'
import type { Call } from './call.ts'
import { explain } from './explanation.ts'
import { parseStatus } from './status.ts'

/** Says that the API server answered, and that the answer is no. */
export class ServerFault extends Fault {
  readonly status: number
  /** The server's own reason: `NotFound`, `AlreadyExists`. */
  readonly reason: string
  /** Milliseconds the server wants us to wait. */
  readonly retryAfter: number | undefined

  constructor(code: FaultCode, message: string, details: FaultDetails & { status: number; reason: string; retryAfter?: number | undefined }) {
    super(code, message, details)
    this.status = details.status
    this.reason = details.reason
    this.retryAfter = details.retryAfter
  }
}

/** Turns an answer that is no success into a Fault with the server's words and what to do about it. */
export function serverFault(response: HttpResponse, call: Call): ServerFault {
  const status = parseStatus(response)
  const { code, text, hint, problems } = explain(status, call)
  return new ServerFault(code, `${call.target}: ${text}`, {
    status: status.code,
    reason: status.reason,
    retryAfter: status.retryAfter,
    ...(hint === undefined ? {} : { hint }),
    ...(problems === undefined ? {} : { problems }),
  })
}

/** Reads the Status out of a watch's ERROR event. */
export function eventFault(object: unknown, call: Call): ServerFault {
  const code = valueAt(object, ['code'])
  return serverFault({ status: typeof code === 'number' ? code : 500, headers: {}, body: JSON.stringify(object) }, call)
}
