/** Follows a path into JSON of unknown shape; undefined as soon as it leads nowhere. Never throws. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => (isRecord(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined), value)
}

/** Reads a string, undefined when there is none or it is empty. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Reads a finite number, undefined when there is none. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** Reads a number that the API leaves out when it is zero. */
export function countAt(value: unknown, ...path: readonly (string | number)[]): number {
  return numberAt(value, ...path) ?? 0
}

/** Reads a list, empty when there is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** Reads a cluster's timestamp as milliseconds. Only ever compared with another one of the cluster, never with our clock. */
export function timeAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const time = Date.parse(textAt(value, ...path) ?? '')
  return Number.isNaN(time) ? undefined : time
}

function isRecord(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === 'object' && value !== null
}
