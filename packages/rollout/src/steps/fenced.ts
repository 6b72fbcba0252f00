import { Fault, isFault, SUITE } from '@fairlead/base'
import { describeObject, type ApplyOptions, type KubeObject, type PatchOperation } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import { demandOwnFence } from '../lock/index.ts'
import { DEPLOYMENTS } from '../standing/index.ts'
import type { Effects } from '../execute/effects.ts'

/** How often a version that somebody else's write has outdated is read again: a controller writes the status of a rolling Deployment many times a second. */
const ATTEMPTS = 20
/** Makes slot Deployments, and owns nothing of them afterwards. */
const MAKER = `${SUITE.fieldManager}-make`

/** What is known of a slot Deployment: the very object, and the version of it that the next write is built on. */
export interface Known {
  readonly uid: string | undefined
  readonly version: string | undefined
}

interface Applying {
  readonly options: ApplyOptions
  readonly effects: Effects
}

/**
 * Applies to a slot Deployment of an app, on the version this run last saw of it, so that a run that was overtaken changes nothing: whoever overtakes it writes its token there first, or makes the
 * Deployment anew. Throws CONFLICT when another run has.
 */
export async function applyFenced(object: KubeObject, app: string, { options, effects }: Applying): Promise<KubeObject> {
  const { cluster, known } = effects
  const { name } = object.metadata
  for (let attempt = 1; ; attempt += 1) {
    const version = known.get(name)?.version
    try {
      return remembered(await cluster.apply(atVersion(object, version), options), effects)
    } catch (error) {
      if (version === undefined || attempt === ATTEMPTS || !isOutdated(error)) throw error
      const live = await readKnown(name, app, effects)
      // The version was right, so the conflict is about a field.
      if (live === undefined || (live.metadata.resourceVersion === version && !(await giveUp(live, effects)))) throw error
    }
  }
}

/**
 * Makes a slot Deployment that is not there, without Pods. Only a creation asks for absence, and nothing guards it: so the lock is looked at once it is there, and whoever takes that over from here on
 * finds it and fences it. What the creation owns is given up again: fields have one owner. Throws CONFLICT where there is one by now, or the lock is not ours any more.
 */
export async function makeFenced(object: KubeObject, app: string, { options, effects }: Applying): Promise<KubeObject> {
  const bare = { ...object, spec: { ...(object.spec as object), replicas: 0 } }
  const made = remembered(await effects.cluster.create(bare, { manager: MAKER }), effects)
  if (!(await effects.confirm(app))) await takeBack(made, app, effects)
  const applied = await applyFenced(object, app, { options, effects })
  await giveUp(applied, effects)
  return applied
}

/** Reads a Deployment of the user's own or of ours, and demands that nobody has overtaken this run. */
export async function readFenced(name: string, app: string, { cluster, namespace, journals }: Effects): Promise<KubeObject | undefined> {
  const live = await cluster.get({ resource: DEPLOYMENTS, namespace, name })
  if (live !== undefined) demandOwnFence(live, journals.tokenOf(app))
  return live
}

/** The fence as it was read, for a patch: a status that is written meanwhile is no reason to stop, another run's token is. */
export function fenceTests({ metadata: { labels } }: KubeObject): readonly PatchOperation[] {
  if (labels === undefined) return [{ op: 'test', path: '/metadata/labels', value: null }]
  return [{ op: 'test', path: `/metadata/labels/${LABELS.fence.replaceAll('/', '~1')}`, value: labels[LABELS.fence] ?? null }]
}

/** What came after another run had ended is no part of what that run has left. */
async function takeBack({ metadata: { name, uid } }: KubeObject, app: string, { cluster, namespace }: Effects): Promise<never> {
  await cluster.delete({ resource: DEPLOYMENTS, namespace, name }, { propagation: 'Background', ...(uid === undefined ? {} : { preconditions: { uid } }) })
  throw new Fault('CONFLICT', `app "${namespace}/${app}": the lock is not ours any more, expected it until the end of the run`, {
    hint: 'Wait for the other run to end, then run again: it starts from what is there.',
  })
}

/** Reads the very Deployment this run knows. A namesake was made by whoever has overtaken it. */
async function readKnown(name: string, app: string, effects: Effects): Promise<KubeObject | undefined> {
  const { known } = effects
  const live = await readFenced(name, app, effects)
  const uid = known.get(name)?.uid
  if (live !== undefined && live.metadata.uid !== uid) {
    throw new Fault('CONFLICT', `${describeObject(live)}: was made anew by another run, expected uid ${uid ?? 'none'}, got ${live.metadata.uid ?? 'none'}`, {
      hint: 'Wait for that run to end, then run again: it starts from what is there.',
    })
  }
  if (live !== undefined) known.set(name, { uid, version: live.metadata.resourceVersion })
  return live
}

/** Takes the maker's entry out of what owns the fields. Answers whether there was one. */
async function giveUp(live: KubeObject, effects: Effects): Promise<boolean> {
  const { metadata } = live
  const entries = (metadata.managedFields ?? []) as readonly { readonly manager?: string }[]
  const others = entries.filter(({ manager }) => manager !== MAKER)
  if (others.length === entries.length) return false
  const operations: readonly PatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: others },
  ]
  const { cluster, namespace } = effects
  const reference = { resource: DEPLOYMENTS, namespace, name: metadata.name }
  try {
    remembered(await cluster.patch(reference, operations, { manager: MAKER }), effects)
    return true
  } catch (error) {
    // A controller has written its status since: what is left is given up by the apply that meets it.
    const isOpen = isFault(error, 'INPUT_INVALID') || isFault(error, 'CONFLICT')
    if (isOpen && (await cluster.get(reference))?.metadata.resourceVersion !== metadata.resourceVersion) return false
    throw error
  }
}

function remembered(object: KubeObject, { known }: Effects): KubeObject {
  const { name, uid, resourceVersion } = object.metadata
  known.set(name, { uid, version: resourceVersion })
  return object
}

function isOutdated(error: unknown): boolean {
  return isFault(error, 'CONFLICT') || isFault(error, 'NOT_FOUND')
}

function atVersion(object: KubeObject, resourceVersion: string | undefined): KubeObject {
  return resourceVersion === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion } }
}
