import { Fault, milliseconds, parseDuration, type Duration, type Problem } from '@fairlead/base'
import type { Check } from './check.ts'

/** What a field may be: answers its value, or throws what was expected. */
type Reader<T> = (value: unknown) => T

const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'] as const
const PLACES = ['pods', 'service', 'url'] as const
const SCHEMES = ['http', 'https'] as const

/**
 * Reads the `checks` input, already parsed from YAML.
 * Throws INPUT_INVALID with every problem and its path (`checks[1].port`); an unknown key is one.
 */
export function parseChecks(data: unknown): readonly Check[] {
  if (!Array.isArray(data)) throw new Fault('INPUT_INVALID', `expected a list of checks such as "- path: /healthz", got ${shown(data)}`)
  const problems: Problem[] = []
  const checks = data.map((entry: unknown, index) => parseCheck(entry, `[${index}]`, problems))
  if (problems.length > 0) throw new Fault('INPUT_INVALID', problems.map(({ message }) => message).join('; '), { problems })
  return checks
}

const FIELDS = ['path', 'port', 'scheme', 'method', 'status', 'body', 'timeout', 'count', 'on', 'headers'] as const

function parseCheck(entry: unknown, place: string, problems: Problem[]): Check {
  const known: readonly string[] = FIELDS
  if (!isRecord(entry)) problems.push({ message: `${place}: expected a map with a path, got ${shown(entry)}` })
  const fields = isRecord(entry) ? entry : { path: '/' }
  for (const key of Object.keys(fields)) {
    if (!known.includes(key)) problems.push({ message: `${place}.${key}: is not known, expected one of ${known.join(', ')}` })
  }
  const read = <T>(name: (typeof FIELDS)[number], reader: Reader<T>, absent: T): T => {
    const value = fields[name]
    if (value === undefined || value === null) {
      if (name === 'path') problems.push({ message: `${place}.path: is required` })
      return absent
    }
    try {
      return reader(value)
    } catch (error) {
      problems.push({ message: `${place}.${name}: ${error instanceof Error ? error.message : String(error)}` })
      return absent
    }
  }
  return assemble(read)
}

type Read = <T>(name: (typeof FIELDS)[number], reader: Reader<T>, absent: T) => T

function assemble(read: Read): Check {
  const port = read('port', readPort, undefined)
  const body = read('body', readBody, undefined)
  return {
    path: read('path', readPath, '/'),
    ...(port === undefined ? {} : { port }),
    scheme: read('scheme', oneOf(SCHEMES), 'http'),
    method: read('method', oneOf(METHODS), 'GET'),
    status: read('status', wholeNumber(100, 599), 200),
    ...(body === undefined ? {} : { body }),
    timeout: read('timeout', readTimeout, milliseconds(2_000)),
    count: read('count', wholeNumber(1, 100), 3),
    on: read('on', oneOf(PLACES), 'pods'),
    headers: read('headers', readHeaders, {}),
  }
}

function readPath(value: unknown): string {
  if (typeof value !== 'string' || !/^\/[\u0021-\u007E]*$/.test(value) || value.startsWith('//')) throw wrong('a path that begins with one slash', value)
  // Encoded dots and slashes are dots and slashes to a proxy on the way.
  if (/(?:^|\/)(?:\.|%2e){2}(?:\/|%2f|\?|$)/i.test(value) || /%2f|%5c|\\/i.test(value))
    throw wrong('a path without "..", encoded slashes or backslashes', value)
  return value
}

function readPort(value: unknown): number | string | undefined {
  if (typeof value === 'number') return wholeNumber(1, 65_535)(value)
  if (typeof value !== 'string' || !/^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(value)) throw wrong('a port number or a port name', value)
  return value
}

function readBody(value: unknown): string | RegExp | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') throw wrong('text or /a regular expression/', value)
  const pattern = /^\/(.+)\/([imsu]*)$/s.exec(value)
  if (pattern === null) return value
  try {
    return new RegExp(pattern[1] ?? '', pattern[2])
  } catch (cause) {
    throw new Error(`expected a regular expression, got ${value}: ${cause instanceof Error ? cause.message : ''}`, { cause })
  }
}

function readTimeout(value: unknown): Duration {
  const duration = typeof value === 'string' ? parseDuration(value) : undefined
  if (duration === undefined || duration < 1 || duration > 60_000) throw wrong('a duration up to 60s such as 2s', value)
  return duration
}

function readHeaders(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) throw wrong('a map of header names and values', value)
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => {
      if (!/^[A-Za-z0-9-]+$/.test(name)) throw wrong('a header name', name)
      const text = typeof content === 'string' ? content : typeof content === 'number' || typeof content === 'boolean' ? JSON.stringify(content) : '\n'
      if (!/^[\u0020-\u007E]*$/.test(text)) throw new Error(`expected printable text for ${name}, got something else`)
      return [name, text]
    }),
  )
}

function oneOf<T extends string>(options: readonly T[]): Reader<T> {
  return (value) => {
    const found = options.find((option) => option === value)
    if (found === undefined) throw wrong(`one of ${options.join(', ')}`, value)
    return found
  }
}

function wholeNumber(least: number, most: number): Reader<number> {
  return (value) => {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) throw wrong(`a whole number from ${least} to ${most}`, value)
    return value
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(what: string, value: unknown): Error {
  return new Error(`expected ${what}, got ${shown(value)}`)
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  // Not cut in two: what masks a secret knows it whole only.
  return text.length > 60 ? `${text.length} characters of it` : text
}
