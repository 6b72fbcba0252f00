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
    const seen = known.get(name)
    const version = seen?.version
    try {
      return remembered(await cluster.apply(asKnown(object, seen), options), effects)
    } catch (error) {
      if (version === undefined || attempt === ATTEMPTS || !isOutdated(error)) throw error
      const live = await readKnown(name, app, effects)
      if (live === undefined) throw error
      if (live.metadata.resourceVersion !== version) continue
      // The version was right, so the conflict is about a field: with ourselves, where a run was killed while it made it.
      if (isUnfinished(live, options)) return await finish(object, app, { options, effects })
      throw error
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
  const loss = await effects.loss(app)
  if (loss !== undefined) await takeBack(made, loss, effects)
  return await finish(object, app, { options, effects })
}

/** Applies what was made, over its maker: the server has filled in fields that an apply would not name. */
async function finish(object: KubeObject, app: string, { options, effects }: Applying): Promise<KubeObject> {
  const applied = await applyFenced(object, app, { options: { ...options, force: true }, effects })
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
async function takeBack({ metadata: { name, uid } }: KubeObject, loss: Fault, { cluster, namespace }: Effects): Promise<never> {
  await cluster.delete({ resource: DEPLOYMENTS, namespace, name }, { propagation: 'Background', ...(uid === undefined ? {} : { preconditions: { uid } }) })
  throw loss
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

function isUnfinished({ metadata }: KubeObject, { force = false }: ApplyOptions): boolean {
  return !force && entriesOf(metadata).some(({ manager }) => manager === MAKER)
}

function entriesOf({ managedFields = [] }: KubeObject['metadata']): readonly { readonly manager?: string }[] {
  return managedFields as readonly { readonly manager?: string }[]
}

/** Takes the maker's entry out of what owns the fields. */
async function giveUp({ metadata }: KubeObject, effects: Effects): Promise<void> {
  const others = entriesOf(metadata).filter(({ manager }) => manager !== MAKER)
  const operations: readonly PatchOperation[] = [
    { op: 'test', path: '/metadata/uid', value: metadata.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: metadata.resourceVersion },
    { op: 'replace', path: '/metadata/managedFields', value: others },
  ]
  const { cluster, namespace } = effects
  const reference = { resource: DEPLOYMENTS, namespace, name: metadata.name }
  try {
    remembered(await cluster.patch(reference, operations, { manager: MAKER }), effects)
  } catch (error) {
    // A controller has written its status since: what is left is given up by the next apply that meets it.
    const isOpen = isFault(error, 'INPUT_INVALID') || isFault(error, 'CONFLICT')
    if (!isOpen || (await cluster.get(reference))?.metadata.resourceVersion === metadata.resourceVersion) throw error
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

/** To an apply with a version alone, what is gone is something to be made; with the uid it is not. */
function asKnown(object: KubeObject, { uid, version }: Partial<Known> = {}): KubeObject {
  if (version === undefined || uid === undefined) return object
  return { ...object, metadata: { ...object.metadata, uid, resourceVersion: version } }
}
