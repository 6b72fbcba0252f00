import type { KubeObject } from '@fairlead/kube'

type Json = Readonly<Record<string, unknown>>

/**
 * What has to be applied to undo an apply: the fields that were applied, with the values the live object had before. A field it did not have is left out, which removes it again.
 * A list is taken whole, as it was.
 */
export function asBefore(applied: KubeObject, live: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = applied
  const { name, namespace } = metadata
  const before = prune(applied as unknown as Json, live as unknown as Json) as unknown as KubeObject
  return { ...before, apiVersion, kind, metadata: { ...before.metadata, name, ...(namespace === undefined ? {} : { namespace }) } }
}

/** Tells whether a live object shows all that would be applied; what the server has filled in beside it says nothing. */
export function shows(live: unknown, applied: unknown): boolean {
  if (Array.isArray(applied)) return Array.isArray(live) && live.length === applied.length && applied.every((item, index) => shows(live[index], item))
  if (!isMap(applied)) return live === applied
  const keys = Object.keys(applied)
  return keys.length === 0 || (isMap(live) && keys.every((key) => shows(live[key], applied[key])))
}

function prune(applied: Json, live: Json): Json {
  const kept = Object.keys(applied).filter((key) => live[key] !== undefined)
  return Object.fromEntries(kept.map((key) => [key, isMap(applied[key]) && isMap(live[key]) ? prune(applied[key], live[key]) : live[key]]))
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
