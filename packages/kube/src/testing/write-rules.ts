import type { DeleteOptions, PatchOperation } from '../cluster.ts'
import { applyPatch } from '../json-patch.ts'
import type { KubeObject } from '../object.ts'
import type { ObjectReference } from '../resource.ts'
import { hasStatusOfItsOwn, isCreatedOnUpdate, withDefaults } from './kind-rules.ts'
import { applyConfiguration, recordUpdate, type OwnershipConflict, type Writer } from './ownership.ts'
import { about, alreadyExists, invalid, modified, notFound, refuse, type Refusal } from './refusal.ts'

/** A write as it arrives: what there is, what was sent, by whom. */
export interface Write {
  readonly live: KubeObject | undefined
  readonly sent: KubeObject
  readonly reference: ObjectReference
  readonly writer: Writer
}

/** What a create makes, or the refusal of one. */
export function createObject({ live, sent, reference, writer }: Write): KubeObject {
  if (live !== undefined) throw refuse(about('create', reference), alreadyExists(reference))
  return recordUpdate(undefined, withDefaults(withoutStatus(sent)), writer)
}

/** What a replace makes, or the refusal of one. */
export function replaceObject({ live, sent, reference, writer }: Write): KubeObject {
  const refusal = live === undefined ? refuseAbsent(sent, reference) : refuseStale(live, sent, reference)
  if (refusal !== undefined) throw refuse(about('update', reference), refusal)
  return recordUpdate(live, withDefaults(withStatusOf(live, sent)), writer)
}

/** What an apply makes, or the refusal of one. */
export function applyObject({ live, sent, reference, writer }: Write, force: boolean): KubeObject {
  const fail = (refusal: Refusal) => refuse(about('patch', reference), refusal)
  const { managedFields } = sent.metadata
  if (isFencedOff(live, sent)) throw fail(live === undefined ? notFound(reference) : modified(reference))
  if (managedFields !== undefined) throw fail({ code: 400, reason: 'BadRequest', message: 'metadata.managedFields must be nil' })
  const { object, conflicts } = applyConfiguration(live, withoutStatus(sent), { ...writer, force })
  if (conflicts.length > 0) throw fail(contested(conflicts))
  return withDefaults(object)
}

/** What a patch makes, or the refusal of one. */
export function patchObject({ live, reference, writer }: Omit<Write, 'sent'>, operations: readonly PatchOperation[]): KubeObject {
  if (live === undefined) throw refuse(about('patch', reference), notFound(reference))
  const result = applyPatch(live, operations)
  if (result.ok) return recordUpdate(live, withDefaults(withStatusOf(live, result.value as KubeObject)), writer)
  throw refuse(about('patch', reference), invalid(reference, `the server rejected our request due to an error in our request: ${result.reason}`))
}

/** Throws when the object is not the one that is meant. */
export function checkPreconditions(live: KubeObject, reference: ObjectReference, { preconditions = {} }: DeleteOptions): void {
  const { uid = live.metadata.uid, resourceVersion = live.metadata.resourceVersion } = preconditions
  if (uid !== live.metadata.uid || resourceVersion !== live.metadata.resourceVersion) throw refuse(about('delete', reference), modified(reference))
}

/** A version does not keep what is created on update from being created: only a uid does. */
function refuseAbsent({ kind, metadata }: KubeObject, reference: ObjectReference): Refusal | undefined {
  if (!isCreatedOnUpdate(kind)) return notFound(reference)
  return metadata.uid === undefined ? undefined : modified(reference)
}

function refuseStale(
  live: KubeObject,
  { kind, metadata: { resourceVersion, uid = live.metadata.uid } }: KubeObject,
  reference: ObjectReference,
): Refusal | undefined {
  if (uid !== live.metadata.uid) return modified(reference)
  if (resourceVersion === live.metadata.resourceVersion) return undefined
  if (resourceVersion !== undefined) return modified(reference)
  return isCreatedOnUpdate(kind) ? invalid(reference, 'metadata.resourceVersion: Invalid value: 0x0: must be specified for an update') : undefined
}

function isFencedOff(live: KubeObject | undefined, { metadata: { resourceVersion, uid } }: KubeObject): boolean {
  if (resourceVersion !== undefined && resourceVersion !== live?.metadata.resourceVersion) return true
  return uid !== undefined && uid !== live?.metadata.uid
}

function contested(conflicts: readonly OwnershipConflict[]): Refusal {
  const causes = conflicts.map(({ manager, field }) => ({ reason: 'FieldManagerConflict', message: `conflict with "${manager}"`, field }))
  return { code: 409, reason: 'Conflict', message: `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}`, details: { causes } }
}

function withoutStatus(object: KubeObject): KubeObject {
  if (!hasStatusOfItsOwn(object.kind)) return object
  const { status: _status, ...rest } = object
  return rest
}

function withStatusOf(live: KubeObject | undefined, sent: KubeObject): KubeObject {
  return live?.status === undefined || !hasStatusOfItsOwn(sent.kind) ? withoutStatus(sent) : { ...sent, status: live.status }
}
