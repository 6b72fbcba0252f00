import { Fault, type HttpResponse } from '@fairlead/base'
import { valueAt } from '../json-pointer.ts'
import type { KubeObject } from '../object.ts'
import type { ObjectReference } from '../resource.ts'
import type { Call } from './call.ts'
import type { Rest } from './rest.ts'

/** Reads a document of the API server. */
export async function readJson(rest: Rest, call: Call): Promise<unknown> {
  return parseJson(await rest.read(call), call)
}

/** Reads an answer as JSON. What is none comes from something else than an API server: a login page, a proxy. */
export function parseJson({ body, headers }: HttpResponse, call: Call): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // The parser's message quotes the body, which may be a Secret.
    throw foreign(call, 'JSON', headers['content-type'] ?? 'an answer without a type')
  }
}

/** Reads an answer as the object that was asked for: by its kind and name, since JSON alone proves nothing. */
export function parseObject(response: HttpResponse, call: Call, { resource, name }: ObjectReference): KubeObject {
  const value = parseJson(response, call)
  if (valueAt(value, ['kind']) === resource.kind && valueAt(value, ['metadata', 'name']) === name) return value as KubeObject
  throw notExpected(call, `the ${resource.kind} "${name}"`, value)
}

/** Reads the items of a list, or of what discovery calls otherwise; null is an empty one. Nothing is not: absence has to be said. */
export function parseItems(value: unknown, call: Call, field: string): readonly unknown[] {
  const items = valueAt(value, [field])
  if (items === null) return []
  if (Array.isArray(items)) return items
  throw notExpected(call, 'a list', value)
}

/** Says that an answer is JSON, and yet none of an API server. */
export function notExpected(call: Call, expected: string, value: unknown): Fault {
  return foreign(call, expected, describeValue(value))
}

function foreign({ target }: Call, expected: string, got: string): Fault {
  return new Fault('UNSUPPORTED', `${target}: this is no answer of an API server, expected ${expected}, got ${got}`, {
    hint: 'Check the server address of the kubeconfig: it may not be that of an API server, or a proxy answers in its place.',
  })
}

const MOST_KEYS = 5

/** Names a value by its kind and name or by its keys: what is in it may be secret. */
function describeValue(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return Array.isArray(value) ? 'an array' : `a JSON ${typeof value}`
  const [kind, name] = [valueAt(value, ['kind']), valueAt(value, ['metadata', 'name'])]
  if (typeof kind === 'string') return short(typeof name === 'string' ? `the ${kind} "${name}"` : `a ${kind}`)
  const keys = Object.keys(value)
  return keys.length === 0 ? 'an object without keys' : short(`an object with ${keys.slice(0, MOST_KEYS).join(', ')}`)
}

function short(text: string): string {
  return text.slice(0, 120)
}
