import { valueAt, type KubeObject } from '@fairlead/kube'

/** Who is recorded as an owner of a field. The API server leaves the time out where an apply changed nothing but ownership. */
export interface FieldOwner {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly time?: string
}

/**
 * Reads who owns a field, latest writer first; empty when nobody does. The path is that of the object, without lists: `['spec', 'selector']`.
 * The time is that of the manager's last change to any of its fields: the API server keeps no other.
 */
export function fieldOwners({ metadata }: Pick<KubeObject, 'metadata'>, path: readonly string[]): readonly FieldOwner[] {
  const keys = path.map((segment) => `f:${segment}`)
  return ((metadata.managedFields ?? []) as readonly ManagedFields[])
    .filter(({ fieldsV1 }) => valueAt(fieldsV1, keys) !== undefined)
    .map(({ manager = 'unknown', operation, time }) => ({ manager, operation, ...(time === undefined ? {} : { time }) }))
    .toSorted((one, other) => (other.time ?? '').localeCompare(one.time ?? ''))
}

/** Writes an owner for people: `kubectl-patch (Update, 2026-01-01T00:00:00Z)`. */
export function describeOwner({ manager, operation, time }: FieldOwner): string {
  return `${manager} (${time === undefined ? operation : `${operation}, ${time}`})`
}

interface ManagedFields {
  readonly manager?: string
  readonly operation: 'Apply' | 'Update'
  readonly time?: string
  readonly fieldsV1?: unknown
}
