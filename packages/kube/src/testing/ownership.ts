import { sameJson } from '../json-pointer.ts'
import type { KubeObject } from '../object.ts'
import { leavesOf, readField, removeField, writeField, type FieldPath } from './field-path.ts'

/** Who writes, and when. */
export interface Writer {
  readonly manager: string
  readonly time: string
}

/** A field that an apply would change although another manager owns it. */
export interface OwnershipConflict {
  readonly manager: string
  readonly field: string
}

interface Owner {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly fields: Set<string>
  readonly time: string
}

/**
 * Server-side apply, as far as we need it: merges what is applied, removes what this manager applied before and now leaves out, tells whose fields it would change.
 *
 * Not modelled: defaults of schemas as owned fields, sets (`finalizers` is one leaf), subresources, conversion between versions.
 */
export function applyConfiguration(
  live: KubeObject | undefined,
  config: KubeObject,
  writer: Writer & { readonly force: boolean },
): { readonly object: KubeObject; readonly conflicts: readonly OwnershipConflict[] } {
  const object = structuredClone(live ?? { apiVersion: config.apiVersion, kind: config.kind, metadata: identityOf(config) }) as KubeObject &
    Record<string, unknown>
  const owners = readOwners(object)
  const others = owners.filter((owner) => !(owner.manager === writer.manager && owner.operation === 'Apply'))
  const wanted = leavesOf(config)
  const contested = [...wanted].filter(([path, value]) => !isItem(path) && live !== undefined && !sameJson(readField(live, parse(path)), value))
  const conflicts = others.flatMap((owner) =>
    contested.filter(([path]) => owner.fields.has(path)).map(([path]) => ({ manager: owner.manager, field: describePath(parse(path)) })),
  )
  if (conflicts.length > 0 && !writer.force) return { object, conflicts }
  for (const [path] of contested) for (const owner of others) owner.fields.delete(path)
  const mine = owners.find((owner) => !others.includes(owner))
  const dropped = [...(mine?.fields ?? [])].filter((path) => !wanted.has(path) && !others.some((owner) => owner.fields.has(path)))
  for (const path of dropped.toSorted((a, b) => parse(b).length - parse(a).length)) removeField(object, parse(path))
  for (const [path, value] of wanted) writeField(object, parse(path), value)
  return {
    object: withOwners(object, [...others, { manager: writer.manager, operation: 'Apply', fields: new Set(wanted.keys()), time: writer.time }], live),
    conflicts: [],
  }
}

/** Records an update: what it changed belongs to the writer alone, what it removed to nobody. One that writes `managedFields` themselves says who owns what. */
export function recordUpdate(before: KubeObject | undefined, after: KubeObject, writer: Writer): KubeObject {
  const [old, now] = [before === undefined ? new Map<string, unknown>() : leavesOf(before), leavesOf(after)]
  const changed = new Set([...now].filter(([path, value]) => !old.has(path) || !sameJson(old.get(path), value)).map(([path]) => path))
  const isSaid = before === undefined || (after.metadata.managedFields !== undefined && !sameJson(after.metadata.managedFields, before.metadata.managedFields))
  const owners = readOwners(isSaid ? after : before).map((owner) => ({
    ...owner,
    fields: new Set([...owner.fields].filter((path) => now.has(path) && !changed.has(path))),
  }))
  if (changed.size === 0) return withOwners(after, owners, before)
  const isMine = ({ manager, operation }: Owner) => manager === writer.manager && operation === 'Update'
  const mine = owners.find(isMine)
  const updated: Owner = { manager: writer.manager, operation: 'Update', time: writer.time, fields: changed.union(mine?.fields ?? new Set()) }
  return withOwners(after, mine === undefined ? [...owners, updated] : owners.map((owner) => (isMine(owner) ? updated : owner)), before)
}

function identityOf({ metadata: { name, namespace } }: KubeObject): KubeObject['metadata'] {
  return { name, ...(namespace === undefined ? {} : { namespace }) }
}

function withOwners(object: KubeObject, owners: readonly Owner[], before: KubeObject | undefined): KubeObject {
  const known = readOwners(before ?? object)
  const managedFields = owners
    .filter(({ fields }) => fields.size > 0)
    .map(({ manager, operation, fields, time }) => {
      const same = known.find((owner) => owner.manager === manager && owner.operation === operation && sameSet(owner.fields, fields))
      return { manager, operation, apiVersion: object.apiVersion, time: same?.time ?? time, fieldsType: 'FieldsV1', fieldsV1: toFieldsV1(fields) }
    })
  const { managedFields: _old, ...metadata } = object.metadata
  return { ...object, metadata: managedFields.length === 0 ? metadata : { ...metadata, managedFields } }
}

function readOwners({ metadata }: KubeObject): Owner[] {
  return (metadata.managedFields ?? []).map((entry) => {
    const { manager, operation, time, fieldsV1 } = entry as { manager: string; operation: 'Apply' | 'Update'; time: string; fieldsV1: object }
    return { manager, operation, time, fields: new Set(fromFieldsV1(fieldsV1, [])) }
  })
}

function toFieldsV1(fields: ReadonlySet<string>): object {
  const root: Record<string, unknown> = {}
  for (const path of fields) {
    let node = root
    for (const segment of parse(path)) node = (node[segment] ??= {}) as Record<string, unknown>
  }
  return root
}

function fromFieldsV1(node: object, path: FieldPath): string[] {
  const entries = Object.entries(node)
  if (entries.length === 0) return path.length === 0 ? [] : [JSON.stringify(path)]
  return entries.flatMap(([segment, child]) => fromFieldsV1(child as object, [...path, segment]))
}

/** `.spec.template.spec.containers[name="web"].image`, the way the API server names a field in a conflict. */
function describePath(path: FieldPath): string {
  return path
    .filter((segment) => segment !== '.')
    .map((segment) =>
      segment.startsWith('k:')
        ? `[${Object.entries(JSON.parse(segment.slice(2)) as object)
            .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
            .join(',')}]`
        : `.${segment.slice(2)}`,
    )
    .join('')
}

function isItem(path: string): boolean {
  return parse(path).at(-1) === '.'
}

function parse(path: string): FieldPath {
  return JSON.parse(path) as FieldPath
}

function sameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && one.isSubsetOf(other)
}
