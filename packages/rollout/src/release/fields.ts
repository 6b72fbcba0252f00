import { isMap, valueAt, type PathSegment, type StringMap } from '@fairlead/kube'

/** Reads a text; undefined when there is none or it is empty. */
export function textAt(value: unknown, ...path: readonly PathSegment[]): string | undefined {
  const found = valueAt(value, path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Reads a list; empty when there is none. */
export function listAt(value: unknown, ...path: readonly PathSegment[]): readonly unknown[] {
  const found = valueAt(value, path)
  return Array.isArray(found) ? found : []
}

/** Reads a map; empty when there is none. */
export function mapAt(value: unknown, ...path: readonly PathSegment[]): Readonly<Record<string, unknown>> {
  const found = valueAt(value, path)
  return isMap(found) ? found : {}
}

/** Reads labels or a selector: of a map, the keys whose values are texts. */
export function textsAt(value: unknown, ...path: readonly PathSegment[]): StringMap {
  return Object.fromEntries(Object.entries(mapAt(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** Answers a map without some of its keys. */
export function without(map: Readonly<Record<string, unknown>>, ...keys: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key)))
}
