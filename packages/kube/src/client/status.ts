import type { HttpResponse } from '@fairlead/base'
import { valueAt } from '../json-pointer.ts'
import { withoutUser } from './user-info.ts'

/** One reason among several, as `details.causes` has it. */
export interface Cause {
  readonly reason: string
  readonly message: string
  readonly field: string
}

/** What an answer that is no success says. */
export interface Status {
  readonly code: number
  readonly reason: string
  readonly message: string
  /** The name of the object that is not there, when the server says that it is an object that is missing. */
  readonly missing: string | undefined
  readonly causes: readonly Cause[]
  /** Milliseconds. */
  readonly retryAfter: number | undefined
  readonly location: string | undefined
}

const LONGEST_WORDS = 2_000

/** Reads a Status, or makes one of whatever a server or a proxy on the way answered instead. */
export function parseStatus({ status: code, headers, body }: HttpResponse): Status {
  const value = parseKind(body)
  const name = text(value, 'details', 'name')
  const reason = text(value, 'reason')
  return {
    code,
    reason,
    message: clean(text(value, 'message') || plainText(body, headers)),
    missing: code === 404 && reason === 'NotFound' && name !== '' ? name : undefined,
    causes: causesOf(value),
    retryAfter: retryAfterOf(headers['retry-after'], valueAt(value, ['details', 'retryAfterSeconds'])),
    location: headers['location'] === undefined ? undefined : withoutQuery(headers['location']),
  }
}

/** Tells whether a body is the API server's own word rather than that of an application behind it. */
export function isStatus(body: string): boolean {
  return parseKind(body) !== undefined
}

function parseKind(body: string): unknown {
  if (!body.includes('"Status"')) return undefined
  try {
    const value: unknown = JSON.parse(body)
    return valueAt(value, ['kind']) === 'Status' && valueAt(value, ['apiVersion']) === 'v1' ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function causesOf(value: unknown): Cause[] {
  const causes = valueAt(value, ['details', 'causes'])
  return Array.isArray(causes)
    ? causes.map((cause) => ({ reason: text(cause, 'reason'), message: clean(text(cause, 'message')), field: text(cause, 'field') }))
    : []
}

/** Seconds only: a date would be compared with our own clock, which may be wrong. */
function retryAfterOf(header: string | undefined, seconds: unknown): number | undefined {
  const value = header !== undefined && /^\d{1,6}$/.test(header.trim()) ? Number(header) : seconds
  return typeof value === 'number' && value > 0 ? value * 1_000 : undefined
}

function plainText(body: string, headers: Readonly<Record<string, string>>): string {
  return (headers['content-type'] ?? '').includes('html') || body.trimStart().startsWith('<') ? 'a web page' : body.trim().slice(0, 200)
}

function withoutQuery(location: string): string {
  // The user goes first: a ? in a password would otherwise hide the @ after it.
  return withoutUser(location).replace(/[?#].*$/s, '')
}

function clean(message: string): string {
  return message.trim().slice(0, LONGEST_WORDS)
}

function text(value: unknown, ...path: string[]): string {
  const found = valueAt(value, path)
  return typeof found === 'string' ? found : ''
}
