import { isMap, type KubeObject } from '@fairlead/kube'

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

function prune(applied: Json, live: Json): Json {
  const kept = Object.keys(applied).filter((key) => live[key] !== undefined)
  return Object.fromEntries(kept.map((key) => [key, isMap(applied[key]) && isMap(live[key]) ? prune(applied[key], live[key]) : live[key]]))
}
