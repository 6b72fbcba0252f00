import type { PatchOperation } from './cluster.ts'
import { parsePointer, sameJson, valueAt } from './json-pointer.ts'

/** What became of a patch: the new document, or why it cannot be applied. */
export type PatchResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly reason: string }

/**
 * Applies an RFC 6902 patch to a copy, the way the API server does: a `test` of null is met by an absent field (evanphx/json-patch), whatever RFC 6902 says.
 * Knows `add`, `replace`, `remove` and `test`, the four operations we send.
 */
export function applyPatch(document: unknown, operations: readonly PatchOperation[]): PatchResult {
  const holder = { root: structuredClone(document) }
  for (const [index, operation] of operations.entries()) {
    const reason = applyOne(holder, operation)
    if (reason !== undefined) return { ok: false, reason: `operation ${index + 1} (${operation.op} ${operation.path}): ${reason}` }
  }
  return { ok: true, value: holder.root }
}

/**
 * Tells whether a document already shows what a patch would have made of it, its tests aside: what reading back a lost patch asks.
 * Removing an array's element by index leaves no trace, so such a patch never counts as shown.
 */
export function showsPatch(document: unknown, operations: readonly PatchOperation[]): boolean {
  return operations.every((operation) => {
    const path = parsePointer(operation.path)
    const parent = valueAt(document, path.slice(0, -1))
    switch (operation.op) {
      case 'test':
        return true
      case 'remove':
        return !Array.isArray(parent) && valueAt(document, path) === undefined
      case 'add':
      case 'replace':
        return path.at(-1) === '-' && Array.isArray(parent)
          ? parent.some((item) => sameJson(item, operation.value))
          : sameJson(valueAt(document, path), operation.value)
    }
  })
}

function applyOne(holder: { root: unknown }, operation: PatchOperation): string | undefined {
  const path = ['root', ...parsePointer(operation.path)]
  const parent = valueAt(holder, path.slice(0, -1))
  const key = path.at(-1) ?? ''
  if (operation.op === 'test') return sameJson(valueAt(holder, path) ?? null, operation.value) ? undefined : 'the value is another'
  if (typeof parent !== 'object' || parent === null) return 'the path does not exist'
  return Array.isArray(parent) ? changeArray(parent, key, operation) : changeObject(parent as Record<string, unknown>, key, operation)
}

function changeObject(parent: Record<string, unknown>, key: string, operation: PatchOperation): string | undefined {
  if (operation.op !== 'add' && !Object.hasOwn(parent, key)) return 'the path does not exist'
  if (operation.op === 'remove') delete parent[key]
  else Object.defineProperty(parent, key, { value: structuredClone(operation.value), configurable: true, enumerable: true, writable: true })
  return undefined
}

function changeArray(parent: unknown[], key: string, operation: PatchOperation): string | undefined {
  const index = key === '-' && operation.op === 'add' ? parent.length : Number(key)
  const last = operation.op === 'add' ? parent.length : parent.length - 1
  if (!Number.isInteger(index) || index < 0 || index > last) return 'the index does not exist'
  if (operation.op === 'remove') parent.splice(index, 1)
  else parent.splice(index, operation.op === 'add' ? 0 : 1, structuredClone(operation.value))
  return undefined
}
