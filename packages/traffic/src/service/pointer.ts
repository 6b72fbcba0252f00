import { referenceTo, valueAt, type KubeObject, type ObjectReference, type PatchOperation, type Resource, type StringMap } from '@fairlead/kube'
import { backendLabels, backendOf, baseSelector, type Backend } from '../backend.ts'
import { LABELS } from '../labels.ts'

/** A Service read as a pointer. */
export interface ServicePointer {
  readonly reference: ObjectReference
  readonly namespace: string | undefined
  readonly name: string
  /** The live selector, whole; empty when the Service has none. */
  readonly selector: StringMap
  /** What of it all Pods of the app share. */
  readonly base: StringMap
  /** Where it leads; undefined while it is open to every Pod of the app. */
  readonly backend: Backend | undefined
  /** The move it shows; undefined when it was never moved by us. */
  readonly move: string | undefined
}

/** What a move writes. */
export interface PointerTarget {
  /** The new selector, whole. */
  readonly selector: StringMap
  /** The new value of the move label. */
  readonly move: string
}

/** Reads where a Service leads. */
export function readPointer(service: KubeObject): ServicePointer {
  const { name, namespace, labels } = service.metadata
  const selector = (valueAt(service, ['spec', 'selector']) ?? {}) as StringMap
  return {
    reference: referenceTo(SERVICE, service),
    namespace,
    name,
    selector,
    base: baseSelector(selector),
    backend: backendOf(selector),
    move: labels?.[LABELS.move],
  }
}

/** The selector that leads to a backend; without one it is open to all Pods the base selects. */
export function selectorOf(base: StringMap, backend: Backend | undefined): StringMap {
  return backend === undefined ? base : { ...base, ...backendLabels(backend) }
}

/**
 * The patch that moves a pointer: it sets selector and move label together, and only where both still are what was read.
 * The selector is tested and set whole, so nothing somebody else added to it survives unnoticed.
 */
export function movePatch(service: KubeObject, to: PointerTarget): readonly PatchOperation[] {
  const { selector, move } = readPointer(service)
  const [testMove, setMove] = moveOperations(service.metadata.labels, move, to.move)
  return [
    { op: 'test', path: SELECTOR, value: Object.keys(selector).length === 0 ? null : selector },
    testMove,
    { op: 'add', path: SELECTOR, value: to.selector },
    setMove,
  ]
}

const SERVICE: Resource = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }
const SELECTOR = '/spec/selector'
const METADATA_LABELS = '/metadata/labels'
const MOVE = `${METADATA_LABELS}/${LABELS.move.replaceAll('~', '~0').replaceAll('/', '~1')}`

/** A path below a map that does not exist can neither be tested nor added: then the map itself is. */
function moveOperations(labels: StringMap | undefined, before: string | undefined, after: string): readonly [PatchOperation, PatchOperation] {
  if (labels !== undefined)
    return [
      { op: 'test', path: MOVE, value: before ?? null },
      { op: 'add', path: MOVE, value: after },
    ]
  return [
    { op: 'test', path: METADATA_LABELS, value: null },
    { op: 'add', path: METADATA_LABELS, value: { [LABELS.move]: after } },
  ]
}
