import { Fault, isFault, SUITE } from '@fairlead/base'
import { describeObject, type Cluster, type KubeObject, type ObjectReference, type ReadOptions, type Resource } from '@fairlead/kube'
import type { ConfigName } from '../journal/index.ts'
import { parseRecord, recordName, recordObject } from './record-object.ts'
import type { ReleaseRecord } from './release-record.ts'

const CONFIG_MAPS: Resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
const SECRETS: Resource = { apiVersion: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true }

/** Which record of which app. */
export interface RecordPlace {
  readonly namespace: string
  readonly app: string
  readonly number: number
}

/** Points at the ConfigMap of a record. */
export function recordReference({ namespace, app, number }: RecordPlace): ObjectReference {
  return { resource: CONFIG_MAPS, namespace, name: recordName(app, number) }
}

/** Points at an object that Pods read their configuration from. */
export function configReference(namespace: string, { kind, name }: ConfigName): ObjectReference {
  return { resource: kind === 'Secret' ? SECRETS : CONFIG_MAPS, namespace, name }
}

/** Reads a record; undefined where there is none. Throws CONFLICT or UNSUPPORTED for one that cannot be relied on. */
export async function readRecord(cluster: Cluster, place: RecordPlace, options: ReadOptions = {}): Promise<ReleaseRecord | undefined> {
  const object = await cluster.get(recordReference(place), options)
  return object === undefined ? undefined : parseRecord(object)
}

/**
 * Writes a record, once: one that is there already for the same release is kept, as a run that was killed has left it. Throws CONFLICT when it is another release's.
 * Answers whether it was made.
 */
export async function keepRecord(cluster: Cluster, namespace: string, record: ReleaseRecord): Promise<boolean> {
  const { app, release } = record
  const object = recordObject(record, namespace)
  const place = { namespace, app, number: release.number }
  const live = await createRecord(cluster, place, object)
  if (live === 'made') return true
  if (live.release.identity === release.identity) return false
  throw new Fault(
    'CONFLICT',
    `${describeObject(object)}: is the record of another release, expected ${release.identity.slice(0, 12)}, got ${live.release.identity.slice(0, 12)}`,
    { hint: 'Somebody has restored an old journal: delete this ConfigMap if the release in it is not to be gone back to.' },
  )
}

/** What is there already may be our own, made by a run that was killed or sent twice on the way: it says whose it is. */
async function createRecord(cluster: Cluster, place: RecordPlace, object: KubeObject): Promise<ReleaseRecord | 'made'> {
  try {
    await cluster.create(object, { manager: SUITE.fieldManager })
    return 'made'
  } catch (error) {
    const live = isFault(error, 'CONFLICT') ? await readRecord(cluster, place) : undefined
    if (live === undefined) throw error
    return live
  }
}
