import type { FieldPath } from '../diagnosis.ts'
import { oneLine } from '../reading/condition.ts'
import { containerPath, type Container } from '../reading/container.ts'
import { eventSpan } from '../reading/event.ts'
import { at, listAt, textAt } from '../reading/fields.ts'
import { eventsAbout, type Finding, firstOf, type ObservedPod } from '../judging/finding.ts'

/** A kubelet may learn of a ConfigMap some moments after the Pod that needs it. */
const GRACE = 5_000

/** A ConfigMap or Secret, or one key of it, that is not there. */
export interface MissingObject {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
  readonly key?: string
}

const WHOLE = /\b(configmap|secret)s? "([^"]+)" not found/i
const KEY = /couldn't find key (\S+) in (ConfigMap|Secret) (?:[^/\s]+\/)?([^\s"]+)/i
const VOLUME_KEY = /references non-existent (config|secret) key: (\S+)/i

/** Finds a ConfigMap, a Secret or a key that containers or volumes refer to and that is missing. Certain 5 s after it was first seen. */
export function findMissingConfig(observed: ObservedPod): Finding | undefined {
  return firstOf(observed, (container) => inContainer(observed, container)) ?? inVolumes(observed)
}

/** Reads from a kubelet's message what is missing; undefined when it is about something else. */
export function missingObject(message: string): MissingObject | undefined {
  const key = KEY.exec(message)
  if (key !== null) return { kind: kindOf(key[2]), name: key[3] ?? '', key: key[1] ?? '' }
  const whole = WHOLE.exec(message)
  return whole === null ? undefined : { kind: kindOf(whole[1]), name: whole[2] ?? '' }
}

function inContainer(observed: ObservedPod, container: Container): Finding | undefined {
  if (container.waiting?.reason !== 'CreateContainerConfigError') return undefined
  const missing = missingObject(container.waiting.message)
  if (missing === undefined) return undefined
  const events = eventsAbout(observed, container.name, /^Failed: Error: /).filter(({ message }) => missingObject(message)?.name === missing.name)
  const path = [...containerPath(container), ...referenceIn(container.spec, missing)]
  return { ...finding(observed, missing, `container "${container.name}" needs`), container: container.name, events, proven: eventSpan(events), field: path }
}

function inVolumes(observed: ObservedPod): Finding | undefined {
  if (observed.containers.some(({ running, exit }) => running || exit !== undefined)) return undefined
  const events = observed.events.filter(({ reason, message }) => reason === 'FailedMount' && volumeTrouble(observed, message) !== undefined)
  const newest = events.toSorted((a, b) => b.last - a.last)[0]
  const trouble = newest === undefined ? undefined : volumeTrouble(observed, newest.message)
  if (trouble === undefined) return undefined
  const found = finding(observed, trouble.missing, `volume "${trouble.volume}" needs`)
  return { ...found, events, proven: eventSpan(events), field: ['volumes', trouble.volume] }
}

function volumeTrouble({ pod }: ObservedPod, message: string): { readonly volume: string; readonly missing: MissingObject } | undefined {
  const volume = /for volume "([^"]+)"/.exec(message)?.[1] ?? ''
  const missing = missingObject(message)
  if (missing !== undefined) return { volume, missing }
  const key = VOLUME_KEY.exec(oneLine(message))
  if (key === null) return undefined
  const spec = listAt(pod, 'spec', 'volumes').find((entry) => textAt(entry, 'name') === volume)
  const kind = kindOf(key[1])
  const name = (kind === 'Secret' ? textAt(spec, 'secret', 'secretName') : textAt(spec, 'configMap', 'name')) ?? 'of that volume'
  return { volume, missing: { kind, name, key: key[2] ?? '' } }
}

function finding({ pod }: ObservedPod, { kind, name, key }: MissingObject, who: string): Finding {
  const object = `${kind} "${name}"`
  const namespace = pod.metadata.namespace ?? 'default'
  return {
    cause: 'missing-config',
    says: key === undefined ? `${who} ${object}, which does not exist` : `${who} key "${key}" of ${object}, which has no such key`,
    patience: GRACE,
    events: [],
    hint:
      key === undefined
        ? `Create ${object} in namespace "${namespace}", or mark the reference optional.`
        : `Add the key "${key}" to ${object}, or mark the reference optional.`,
  }
}

/** Where a container's spec refers to it: an environment variable by name, a whole source by position. */
function referenceIn(spec: unknown, { kind, name, key }: MissingObject): FieldPath {
  const [one, all] = kind === 'Secret' ? ['secretKeyRef', 'secretRef'] : ['configMapKeyRef', 'configMapRef']
  const variable = listAt(spec, 'env').find(
    (entry) => textAt(entry, 'valueFrom', one, 'name') === name && (key ?? textAt(entry, 'valueFrom', one, 'key')) === textAt(entry, 'valueFrom', one, 'key'),
  )
  const variableName = textAt(variable, 'name')
  if (variableName !== undefined) return ['env', variableName]
  const source = listAt(spec, 'envFrom').findIndex((entry) => at(entry, all, 'name') === name)
  return source < 0 ? [] : ['envFrom', source]
}

function kindOf(word: string | undefined): MissingObject['kind'] {
  return word?.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap'
}
