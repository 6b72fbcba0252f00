import { Fault, isFault } from '@fairlead/base'
import type { PatchOperation } from '../cluster.ts'
import { showsPatch } from '../json-patch.ts'
import { sameJson, showsContent } from '../json-pointer.ts'
import type { KubeObject } from '../object.ts'

/**
 * What reading back shows of a write whose reply was lost.
 *
 * - `done`: what is there is what the write makes of it;
 * - `repeat`: it was not applied, and sending it again is as safe as it was the first time;
 * - `changed`: somebody else has been there, so neither is certain.
 */
export type Fate = 'done' | 'repeat' | 'changed'

/** A create is done when what exists holds everything we sent: no other writer makes that by accident. */
export function judgeCreate(live: KubeObject | undefined, sent: KubeObject): Fate {
  if (live === undefined) return 'repeat'
  return showsContent(live, withoutVersion(sent)) ? 'done' : 'changed'
}

/**
 * A replace is done when, its own bookkeeping aside, the object is what we sent; not done while it still has the version we sent.
 * Without a version (create on update) what we sent needs only be held: the server has added its defaults.
 */
export function judgeReplace(live: KubeObject | undefined, sent: KubeObject): Fate {
  if (live === undefined) return 'repeat'
  const { resourceVersion, uid } = sent.metadata
  if (uid !== undefined && live.metadata.uid !== uid) return 'changed'
  if (resourceVersion === undefined) return showsContent(live, sent) ? 'done' : 'repeat'
  if (live.metadata.resourceVersion === resourceVersion) return 'repeat'
  return sameJson(content(live), content(sent)) ? 'done' : 'changed'
}

/**
 * An apply without a version may always be repeated: that is what apply means. One that was fenced with a version is done when a dry run of it, `rerun`, changes nothing,
 * ownership included; that also sees fields it stopped naming.
 */
export function judgeApply(live: KubeObject | undefined, sent: KubeObject, rerun: KubeObject | undefined): Fate {
  const { resourceVersion } = sent.metadata
  if (live === undefined || resourceVersion === undefined || live.metadata.resourceVersion === resourceVersion) return 'repeat'
  return rerun !== undefined && sameJson(applied(live), applied(rerun)) ? 'done' : 'changed'
}

/** A patch is done when the object shows it; otherwise its own tests guard the repetition, so the server says what is wrong. */
export function judgePatch(live: KubeObject | undefined, operations: readonly PatchOperation[]): Fate {
  return live !== undefined && showsPatch(live, operations) ? 'done' : 'repeat'
}

/** A delete is done when the object is gone, on its way out, or another by the same name. Without a uid the name is meant, whoever bears it. */
export function judgeDelete(live: KubeObject | undefined, uid: string | undefined): Fate {
  if (live === undefined || live.metadata.deletionTimestamp !== undefined) return 'done'
  return uid !== undefined && live.metadata.uid !== uid ? 'done' : 'repeat'
}

/** Says that a write's reply was lost and that what is there now does not tell whether it was applied. */
export function unknownOutcome(target: string, cause: unknown): Fault {
  return new Fault('CONFLICT', `${target}: the reply to a write was lost, and the object has been changed by somebody else since`, {
    cause,
    hint: 'Run again: the object is read afresh.',
  })
}

/** Tells whether a dry run's refusal means no more than that somebody else's change stands against it. */
export function isStandsAgainst(error: unknown): boolean {
  return isFault(error, 'CONFLICT') || isFault(error, 'INPUT_INVALID') || isFault(error, 'NOT_FOUND')
}

function withoutVersion(object: KubeObject): KubeObject {
  const { resourceVersion: _version, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** An object without what the server keeps about it. */
function content({ status: _status, ...object }: KubeObject): unknown {
  const { resourceVersion: _version, generation: _generation, managedFields: _fields, creationTimestamp: _created, uid: _uid, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** What an apply decides: everything but status and bookkeeping, with who owns which field, though not since when. */
function applied(object: KubeObject): unknown {
  const { managedFields = [] } = object.metadata
  const owners = managedFields
    .map((entry) => ({ ...(entry as object), time: undefined }))
    .filter((entry) => !('subresource' in entry && entry.subresource !== undefined))
  return { content: content(object), owners: owners.map((owner) => JSON.stringify(owner)).toSorted() }
}
