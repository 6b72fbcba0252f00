import { isMap, sameJson } from '../json-pointer.ts'
import type { KubeObject } from '../object.ts'

/**
 * A path as FieldsV1 writes it: `f:spec`, `k:{"name":"web"}` for an item of a keyed list, `.` for such an item itself.
 * What the schema calls atomic (selectors, plain lists) is one leaf.
 */
export type FieldPath = readonly string[]

/** Lists whose items the API tells apart by a key. Lists that are not here are atomic, as are those of custom resources. */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  imagePullSecrets: ['name'],
  volumeMounts: ['mountPath'],
  conditions: ['type'],
  ownerReferences: ['uid'],
}

const ATOMIC_MAPS = new Set(['selector', 'nodeSelector', 'labelSelector', 'podSelector'])
const SERVER_OWNED = new Set(['name', 'namespace', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'managedFields'])

/** Lists the leaves of an object that managers own, with their values. Status and what the server keeps are nobody's. */
export function leavesOf(object: KubeObject): Map<string, unknown> {
  const leaves = new Map<string, unknown>()
  const { apiVersion: _version, kind: _kind, status: _status, metadata, ...rest } = object
  const owned = Object.fromEntries(Object.entries(metadata).filter(([field]) => !SERVER_OWNED.has(field)))
  collectEach(owned, ['f:metadata'], leaves)
  collectEach(rest, [], leaves)
  return leaves
}

/** Reads the value at a path; undefined where there is none. */
export function readField(root: unknown, path: FieldPath): unknown {
  let value = root
  for (const segment of path) {
    if (segment === '.') return value
    value = segment.startsWith('k:') ? itemOf(value, keyOf(segment)) : ownValue(value, segment.slice(2))
  }
  return value
}

/** Writes a value at a path, making what is missing on the way. */
export function writeField(root: Record<string, unknown>, path: FieldPath, value: unknown): void {
  let parent: unknown = root
  for (const [index, segment] of path.entries()) {
    const isLast = index === path.length - 1
    if (segment === '.') return
    if (segment.startsWith('k:')) {
      const list = parent as unknown[]
      let item = itemOf(list, keyOf(segment))
      if (item === undefined) list.push((item = keyOf(segment)))
      parent = item
      continue
    }
    const map = parent as Record<string, unknown>
    const key = segment.slice(2)
    if (isLast) map[key] = merged(map[key], value)
    else map[key] ??= path[index + 1]?.startsWith('k:') === true ? [] : {}
    parent = map[key]
  }
}

/** Removes what stands at a path, and the maps and items it leaves empty. */
export function removeField(root: Record<string, unknown>, path: FieldPath): void {
  const own = path.at(-1) === '.' ? path.slice(0, -1) : path
  const last = own.at(-1) ?? ''
  const parent = readField(root, own.slice(0, -1))
  if (last.startsWith('k:') && Array.isArray(parent)) {
    const item = itemOf(parent, keyOf(last))
    if (item !== undefined) parent.splice(parent.indexOf(item), 1)
  } else if (typeof parent === 'object' && parent !== null) delete (parent as Record<string, unknown>)[last.slice(2)]
  if (own.length > 2 && isEmpty(parent)) removeField(root, own.slice(0, -1))
}

function collect(value: unknown, path: FieldPath, leaves: Map<string, unknown>): void {
  const keys = Array.isArray(value) ? listKeys(value, path) : undefined
  if (Array.isArray(value) && keys !== undefined) return collectItems(value as Record<string, unknown>[], path, { keys, leaves })
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isMap || isEmpty(value) || ATOMIC_MAPS.has((path.at(-1) ?? '').slice(2))) leaves.set(JSON.stringify(path), value)
  else collectEach(value, path, leaves)
}

function collectEach(map: object, path: FieldPath, leaves: Map<string, unknown>): void {
  for (const [key, part] of Object.entries(map)) if (part !== undefined) collect(part, [...path, `f:${key}`], leaves)
}

function collectItems(
  list: readonly Record<string, unknown>[],
  path: FieldPath,
  { keys, leaves }: { keys: readonly string[]; leaves: Map<string, unknown> },
): void {
  for (const item of list) {
    const key = Object.fromEntries(keys.map((name) => [name, item[name] ?? DEFAULTS[name]]))
    const itemPath = [...path, `k:${JSON.stringify(key)}`]
    leaves.set(JSON.stringify([...itemPath, '.']), true)
    collectEach(item, itemPath, leaves)
  }
}

const DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' }

function listKeys(list: readonly unknown[], path: FieldPath): readonly string[] | undefined {
  const name = (path.at(-1) ?? '').slice(2)
  if (name === 'ports')
    return list.every((item) => ownValue(item, 'containerPort') !== undefined)
      ? ['containerPort', 'protocol']
      : path.length === 2
        ? ['port', 'protocol']
        : undefined
  return LIST_KEYS[name]
}

function keyOf(segment: string): Record<string, unknown> {
  return JSON.parse(segment.slice(2)) as Record<string, unknown>
}

function itemOf(list: unknown, key: Record<string, unknown>): unknown {
  if (!Array.isArray(list)) return undefined
  return list.find((item) => Object.entries(key).every(([name, value]) => sameJson(ownValue(item, name) ?? DEFAULTS[name], value)))
}

function ownValue(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined
}

/** An empty map that is applied says nothing of the keys others have put there. */
function merged(before: unknown, value: unknown): unknown {
  return isEmptyMap(value) && isMap(before) ? before : structuredClone(value)
}

function isEmptyMap(value: unknown): boolean {
  return isMap(value) && isEmpty(value)
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
