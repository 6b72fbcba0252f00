import { Fault, SUITE } from '@fairlead/base'
import { isSlot, LABELS } from '@fairlead/traffic'
import { isMap, type Cluster, type KubeObject, type ObjectReference, type ReadOptions, type Resource } from '@fairlead/kube'
import { EMPTY_JOURNAL, type Journal } from './journal.ts'

/** A journal as it was last read or written. */
export interface KeptJournal {
  readonly journal: Journal
  /** Guards the next write; undefined while there is no object yet. */
  readonly resourceVersion: string | undefined
}

const CONFIG_MAPS: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
const KEY = 'journal'
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
  if (text.length > LIMIT) throw new Fault('BUG', `ConfigMap "${place.namespace}/${name}": the journal has ${text.length} bytes, expected at most ${LIMIT}`)
  if (resourceVersion === undefined) await demandAbsence(cluster, place)
  const metadata = {
    name,
    namespace: place.namespace,
    labels: { [LABELS.app]: place.app },
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
  const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [KEY]: text } }
  return keep(await cluster.apply(configMap, { manager: SUITE.fieldManager, force: true }))
}

/** An apply cannot ask for absence, and without a version it would overwrite: two first releases at once must not take each other's journal for theirs. */
async function demandAbsence(cluster: Cluster, { namespace, app }: { readonly namespace: string; readonly app: string }): Promise<void> {
  const reference = journalReference(namespace, app)
  if ((await cluster.get(reference)) === undefined) return
  throw new Fault('CONFLICT', `ConfigMap "${namespace}/${reference.name}": another run has begun a release of ${app}, expected no journal yet, got one`, {
    hint: 'Run again: it starts from what is there.',
  })
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
  const { data } = object as KubeObject & { readonly data?: Readonly<Record<string, string>> }
  const text = data?.[KEY]
  const value = text === undefined ? undefined : parseJson(text)
  const name = `ConfigMap "${object.metadata.namespace ?? ''}/${object.metadata.name}"`
  if (!isMap(value) || typeof value['format'] !== 'number' || (value['format'] === 1 && !isJournal(value))) {
    throw new Fault('CONFLICT', `${name}: expected the journal of an app under "${KEY}", got ${text === undefined ? 'nothing' : 'something else'}`, {
      hint: 'Restore it, or delete this ConfigMap alone: what serves goes on serving, and the next release begins a new journal. Leave the Deployments as they are.',
    })
  }
  if (value['format'] !== 1) {
    throw new Fault('UNSUPPORTED', `${name}: was written in format ${value['format']}, expected 1`, { hint: 'Use a newer version of Fairlead for this app.' })
  }
  // Format 1 is what `writeJournal` wrote, under the same type.
  return value as unknown as Journal
}

/** Tells what `writeJournal` writes from what somebody has edited into something else. */
function isJournal({ token, last, active, previous, rollout }: Readonly<Record<string, unknown>>): boolean {
  const isPlaced = (placed: unknown) => placed === undefined || (isMap(placed) && isBackend(placed['backend']) && isNote(placed['release']))
  const isOnWay =
    rollout === undefined || (isMap(rollout) && isSlot(rollout['slot'] as string) && isNote(rollout['release']) && Array.isArray(rollout['created']))
  return typeof token === 'number' && typeof last === 'number' && isPlaced(active) && isPlaced(previous) && isOnWay
}

function isBackend(backend: unknown): boolean {
  if (!isMap(backend)) return false
  return backend['type'] === 'adopted' ? typeof backend['hash'] === 'string' : backend['type'] === 'slot' && isSlot(backend['slot'] as string)
}

function isNote(note: unknown): boolean {
  return isMap(note) && typeof note['number'] === 'number' && typeof note['identity'] === 'string' && Array.isArray(note['images'])
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The caller says that it is not a journal.
    return undefined
  }
}
