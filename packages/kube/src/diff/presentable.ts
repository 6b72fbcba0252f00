import { createHash } from 'node:crypto'
import type { KubeObject } from '../object.ts'

/** Leaves out what the API server writes for itself, and puts digests where values of Secrets stand. */
export function presentable(object: KubeObject): Readonly<Record<string, unknown>> {
  const { status: _, ...rest } = object
  const shown = { ...rest, metadata: presentableMeta(object) }
  return object.kind === 'Secret' ? withoutValues(shown) : shown
}

const BOOKKEEPING = new Set(['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'])
/** Where kubectl keeps all of an object, the values of a Secret too. */
const WHOLE_OBJECT = 'kubectl.kubernetes.io/last-applied-configuration'

function presentableMeta({ metadata }: KubeObject): Readonly<Record<string, unknown>> {
  const kept = Object.fromEntries(Object.entries(metadata).filter(([key]) => !BOOKKEEPING.has(key)))
  const whole = metadata.annotations?.[WHOLE_OBJECT]
  return whole === undefined ? kept : { ...kept, annotations: { ...metadata.annotations, [WHOLE_OBJECT]: digest(whole) } }
}

function withoutValues(secret: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const fields = ['data', 'stringData'].filter((field) => secret[field] !== undefined && secret[field] !== null)
  return { ...secret, ...Object.fromEntries(fields.map((field) => [field, digests(secret[field])])) }
}

function digests(values: unknown): unknown {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return digest(values)
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, digest(value)]))
}

function digest(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  return `(sha256 ${createHash('sha256').update(text).digest('hex').slice(0, 8)})`
}
