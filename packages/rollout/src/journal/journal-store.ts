import { createHash } from 'node:crypto'
import { Fault, isFault, SUITE } from '@fairlead/base'
import { isSlot, LABELS } from '@fairlead/traffic'
import { describeObject, isMap, type Cluster, type KubeObject, type ObjectReference, type ReadOptions, type Resource } from '@fairlead/kube'
import { EMPTY_JOURNAL, type Journal } from './journal.ts'

/** A journal as it was last read or written. */
export interface KeptJournal {
  readonly journal: Journal
  /** Guards the next write; undefined while there is no object yet. */
  readonly resourceVersion: string | undefined
}

const CONFIG_MAPS: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
const KEY = 'journal'
/** What was written, in short: an edit by hand does not have it. */
const SEAL = `${SUITE.labelPrefix}sealed`
/** An update of a small object costs the API server a few milliseconds. */
const LIMIT = 64 * 1024

/** Names the object an app's journal is kept in. */
export function journalReference(namespace: string, app: string): ObjectReference {
  return { resource: CONFIG_MAPS, namespace, name: `${SUITE.fieldManager}.${app}` }
}

/** Reads the journal of an app. Throws UNSUPPORTED when it was written by a newer version, and CONFLICT when it cannot be understood: it is never taken for an empty one. */
export async function readJournal(
  cluster: Cluster,
  place: { readonly namespace: string; readonly app: string },
  options: ReadOptions = {},
): Promise<KeptJournal> {
  const reference = journalReference(place.namespace, place.app)
  const object = await cluster.get(reference, options)
  return object === undefined ? { journal: EMPTY_JOURNAL, resourceVersion: undefined } : keep(object)
}

/** Writes the journal of an app. Throws CONFLICT when somebody else has written it since: two runs work on the same app. */
export async function writeJournal(
  cluster: Cluster,
  place: { readonly namespace: string; readonly app: string },
  { journal, resourceVersion }: KeptJournal,
): Promise<KeptJournal> {
  const { name } = journalReference(place.namespace, place.app)
  const text = JSON.stringify(journal)
  const size = Buffer.byteLength(text)
  if (size > LIMIT) {
    throw new Fault('UNSUPPORTED', `ConfigMap "${place.namespace}/${name}": the journal would have ${size} bytes, expected at most ${LIMIT}`, {
      hint: 'It holds what a way back gives back: apply large objects that the Pods do not read apart from the release.',
    })
  }
  const metadata = {
    name,
    namespace: place.namespace,
    labels: { [LABELS.app]: place.app },
    annotations: { [SEAL]: sealOf(text) },
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [KEY]: text } }
  if (resourceVersion === undefined) return keep(await createJournal(cluster, configMap))
  return keep(await cluster.apply(configMap, { manager: SUITE.fieldManager, force: true }))
}

/** Only a creation asks for absence: two first releases at once must not take each other's journal for theirs. One whose reply was lost is found again by its content. */
async function createJournal(cluster: Cluster, configMap: KubeObject & { readonly data: Readonly<Record<string, string>> }): Promise<KubeObject> {
  try {
    return await cluster.create(configMap, { manager: SUITE.fieldManager })
  } catch (error) {
    const { name, namespace = '' } = configMap.metadata
    const live = isFault(error, 'CONFLICT') ? await cluster.get({ resource: CONFIG_MAPS, namespace, name }) : undefined
    if (live === undefined) throw error
    if (textIn(live) === configMap.data[KEY]) return live
    throw new Fault('CONFLICT', `ConfigMap "${namespace}/${name}": another run has begun a release, expected no journal yet, got one`, {
      hint: 'Run again: it starts from what is there.',
      cause: error,
    })
  }
}

/** Deletes the journal of an app that was never released. */
export async function deleteJournal(
  cluster: Cluster,
  place: { readonly namespace: string; readonly app: string },
  { resourceVersion }: KeptJournal,
): Promise<void> {
  if (resourceVersion === undefined) return
  await cluster.delete(journalReference(place.namespace, place.app), { preconditions: { resourceVersion } })
}

function keep(object: KubeObject): KeptJournal {
  return { journal: parseJournal(object), resourceVersion: object.metadata.resourceVersion }
}

function parseJournal(object: KubeObject): Journal {
  const text = textIn(object)
  const value = parseJson(text ?? '')
  const name = describeObject(object)
  const format = isMap(value) ? value['format'] : undefined
  if (!isMap(value) || typeof format !== 'number' || (format === 1 && !isJournal(value))) {
    throw new Fault('CONFLICT', `${name}: expected the journal of an app under "${KEY}", got ${text === undefined ? 'nothing' : 'something else'}`, {
      hint: 'Restore it, or delete this ConfigMap alone: what serves goes on serving, and the next release begins a new journal. Leave the Deployments as they are.',
    })
  }
  if (format !== 1) {
    throw new Fault('UNSUPPORTED', `${name}: was written in format ${format}, expected 1`, { hint: 'Use a newer version of Fairlead for this app.' })
  }
  demandSeal(object, text ?? '', name)
  // Format 1 is what `writeJournal` wrote, under the same type.
  return value as unknown as Journal
}

/** One without a seal was written before there were any, or is vouched for by whoever took it off. */
function demandSeal({ metadata }: KubeObject, text: string, name: string): void {
  const seal = metadata.annotations?.[SEAL]
  if (seal === undefined || seal === sealOf(text)) return
  throw new Fault('CONFLICT', `${name}: was edited by hand, expected what Fairlead wrote last, got something else that looks like it`, {
    hint: `Undo the edit. If it is meant, remove the annotation ${SEAL} in the same edit: then it is taken at its word.`,
  })
}

function sealOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Tells what `writeJournal` writes from what somebody has edited into something else. */
function isJournal({ token, last, active, previous, rollout, ...more }: Readonly<Record<string, unknown>>): boolean {
  const isPlaced = (placed: unknown) => placed === undefined || (isMap(placed) && isBackend(placed['backend']) && isNote(placed['release']))
  const isOnWay =
    rollout === undefined || (isMap(rollout) && isSlot(rollout['slot'] as string) && isNote(rollout['release']) && Array.isArray(rollout['created']))
  return typeof token === 'number' && typeof last === 'number' && isPlaced(active) && isPlaced(previous) && isOnWay && isMemory(more)
}

/** What is remembered beyond what serves: decisions rest on it as well. */
function isMemory({ history = [], pin, mark, doing }: Readonly<Record<string, unknown>>): boolean {
  const isPin = hasTexts(pin, ['id', 'identity', 'reason', 'actor', 'at']) && (!isMap(pin) || Array.isArray(pin['images']))
  return (
    isPin && hasTexts(mark, ['repository', 'commit']) && hasTexts(doing, ['step', 'state', 'at', 'by']) && Array.isArray(history) && history.every(isAccepted)
  )
}

function isAccepted(entry: unknown): boolean {
  return isMap(entry) && isNote(entry['release']) && typeof entry['at'] === 'string'
}

/** Absent, or a map with these texts in it. */
function hasTexts(value: unknown, names: readonly string[]): boolean {
  return value === undefined || (isMap(value) && names.every((name) => typeof value[name] === 'string'))
}

function isBackend(backend: unknown): boolean {
  if (!isMap(backend)) return false
  return backend['type'] === 'adopted' ? typeof backend['hash'] === 'string' : backend['type'] === 'slot' && isSlot(backend['slot'] as string)
}

function isNote(note: unknown): boolean {
  return isMap(note) && typeof note['number'] === 'number' && typeof note['identity'] === 'string' && Array.isArray(note['images'])
}

function textIn(object: KubeObject): string | undefined {
  const { data } = object as KubeObject & { readonly data?: Readonly<Record<string, string>> }
  return data?.[KEY]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The caller says that it is not a journal.
    return undefined
  }
}
