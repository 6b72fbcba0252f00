/** A step into an object: a key, or an index of an array. */
export type PathSegment = string | number

/** Reads an RFC 6901 pointer into its segments. The empty pointer is the whole document. */
export function parsePointer(pointer: string): readonly string[] {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Reads the value at a path; undefined where there is none. Never looks at what an object inherits. */
export function valueAt(root: unknown, path: readonly PathSegment[]): unknown {
  let value = root
  for (const segment of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
    value = (value as Record<PathSegment, unknown>)[segment]
  }
  return value
}

/** Tells whether two JSON values are the same; the order of keys does not matter, and an undefined property is an absent one. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return false
  const [left, right] = [present(one), present(other)]
  return left.size === right.size && [...left].every(([key, value]) => right.has(key) && sameJson(value, right.get(key)))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function present(object: object): Map<string, unknown> {
  return new Map(Object.entries(object).filter(([, value]) => value !== undefined))
}

/** Tells whether a JSON value is a map. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Tells whether a live value shows all that was sent: what the server has filled in beside it says nothing, and null stands for nothing. A list shows another of its length, item by item. */
export function showsContent(live: unknown, sent: unknown): boolean {
  if (sent === undefined) return true
  if (sent === null) return live === undefined || live === null
  if (Array.isArray(sent)) return Array.isArray(live) && live.length === sent.length && sent.every((item, index) => showsContent(live[index], item))
  if (!isMap(sent)) return live === sent
  return isMap(live) && Object.entries(sent).every(([key, value]) => showsContent(valueAt(live, [key]), value))
}
