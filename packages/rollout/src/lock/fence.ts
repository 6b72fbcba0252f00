import { Fault, isFault, SUITE } from '@fairlead/base'
import { describeObject, type Cluster, type KubeObject, type ObjectReference, type PatchOperation, type ReadOptions, type Resource } from '@fairlead/kube'
import { LABELS, POINTER_MANAGER, SLOTS } from '@fairlead/traffic'
import { isOutdated } from './let-go.ts'

/** What guards an app's traffic and its slots. */
export interface FencePlace {
  readonly namespace: string
  readonly app: string
  readonly services: readonly string[]
  readonly signal?: AbortSignal | undefined
}

/** On slot Deployments: the token of the last run that took the lock over. A Deployment's annotations are copied to its ReplicaSets and come back with an undo; its labels are neither. */
export const FENCE_LABEL: string = LABELS.fence

/**
 * Writes a token to every pointer and slot Deployment of an app, those that exist: whatever a run that was overtaken still sends is built on what it has read, and fails from here on.
 * Selectors and templates stay as they are. Where a token greater than ours stands we are the one that was overtaken: a Fault (CONFLICT). Doing it again changes nothing.
 */
export async function fenceApp(cluster: Cluster, { namespace, app, services, signal }: FencePlace, token: number): Promise<void> {
  const pointers = services.map((name): Guarded => ({
    reference: { resource: SERVICES, namespace, name },
    label: LABELS.move,
    value: `${token}-0`,
    manager: POINTER_MANAGER,
  }))
  const names = [...SLOTS.map((slot) => `${app}-${slot}`), app]
  const slots = names.map((name): Guarded => ({
    reference: { resource: DEPLOYMENTS, namespace, name },
    label: FENCE_LABEL,
    value: `${token}`,
    manager: FENCE_MANAGER,
  }))
  await Promise.all([...pointers, ...slots].map((guarded) => fence(cluster, guarded, { token, signal })))
}

/** Reads the token an object carries: a Deployment's fence, a pointer's move. Undefined where there is none of ours. */
export function fenceOf({ metadata: { labels = {} } }: KubeObject): number | undefined {
  const text = /^(\d+)$/.exec(labels[FENCE_LABEL] ?? '')?.[1] ?? /^(\d+)-\d+$/.exec(labels[LABELS.move] ?? '')?.[1]
  return text === undefined ? undefined : Number(text)
}

/** Throws a Fault (CONFLICT) when an object carries a token greater than ours: another run has taken over, and what it does counts. */
export function demandOwnFence(object: KubeObject, token: number): void {
  const found = fenceOf(object)
  if (found === undefined || found <= token) return
  throw new Fault('CONFLICT', `${describeObject(object)}: another run has taken over, expected token ${token} or less, got ${found}`, {
    hint: 'Wait for that run to end, then run again: it starts from what is there.',
  })
}

/** An object, and the label on it that guards it. */
interface Guarded {
  readonly reference: ObjectReference
  readonly label: string
  readonly value: string
  readonly manager: string
}

const FENCE_MANAGER = `${SUITE.fieldManager}-fence`
const DEPLOYMENTS: Resource = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }
const SERVICES: Resource = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }
const ATTEMPTS = 5

/** A refused write, and the label it was built on. */
interface Refused {
  readonly label: string | undefined
  readonly error: unknown
}

async function fence(cluster: Cluster, guarded: Guarded, options: FenceOptions): Promise<void> {
  let refused: Refused | undefined
  for (let attempt = 1; ; attempt += 1) {
    refused = await fenceOnce(cluster, guarded, { ...options, refused })
    if (refused === undefined) return
    if (attempt === ATTEMPTS) throw refused.error
  }
}

interface FenceOptions extends ReadOptions {
  readonly token: number
  readonly refused?: Refused | undefined
}

/** Answers a refusal that may not be the last word, and nothing once the object is fenced or not there. */
async function fenceOnce(cluster: Cluster, guarded: Guarded, { token, signal, refused }: FenceOptions): Promise<Refused | undefined> {
  const { reference, label, value, manager } = guarded
  const object = await cluster.get(reference, { signal })
  if (object === undefined || isFenced(object, token)) return undefined
  const found = object.metadata.labels?.[label]
  if (refused?.label === found) throwFinal(refused?.error)
  try {
    await cluster.patch(reference, labelPatch(object, label, value), { manager, signal })
    return undefined
  } catch (error) {
    if (!isWorthReading(error)) throw error
    return { label: found, error }
  }
}

/** Tells whether an object carries our token already. Throws when it carries a greater one. */
function isFenced(object: KubeObject, token: number): boolean {
  demandOwnFence(object, token)
  return fenceOf(object) === token
}

/** What a refused write leaves open: a 422 is a failed test as well as a webhook's no. */
function isWorthReading(error: unknown): boolean {
  return isOutdated(error) || isFault(error, 'UNAVAILABLE')
}

/** The label is as it was read, so the test held and the refusal was about something else: it stands. */
function throwFinal(error: unknown): void {
  if (isFault(error, 'INPUT_INVALID')) throw error
}

/** Sets a label only where it is what was read. A path below a map that does not exist can neither be tested nor added: then the map itself is. */
function labelPatch({ metadata: { labels } }: KubeObject, label: string, value: string): readonly PatchOperation[] {
  const path = labels === undefined ? LABELS_PATH : `${LABELS_PATH}/${label.replaceAll('~', '~0').replaceAll('/', '~1')}`
  return [
    { op: 'test', path, value: labels?.[label] ?? null },
    { op: 'add', path, value: labels === undefined ? { [label]: value } : value },
  ]
}

const LABELS_PATH = '/metadata/labels'
