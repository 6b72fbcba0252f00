import { Fault } from '@fairlead/base'
import { describeObject, sameJson, type Cluster, type KubeObject, type ReadOptions, type StringMap } from '@fairlead/kube'
import { describeOwner, fieldOwners, type FieldOwner } from '../field-owner.ts'
import { LABELS } from '../labels.ts'
import { readPointer, type PointerTarget } from './pointer.ts'

/** Reads a Service again after a write of it was refused or its reply was lost. One that is gone is a Fault (NOT_FOUND). */
export async function readAgain(cluster: Cluster, service: KubeObject, options: ReadOptions): Promise<KubeObject> {
  const live = await cluster.get(readPointer(service).reference, options)
  if (live !== undefined) return live
  throw new Fault('NOT_FOUND', `${describeObject(service)}: is gone, expected the Service that was read before`, {
    hint: `Create the Service again, then run again.`,
  })
}

/** Tells whether a Service shows a move: its selector and its move label, both. */
export function showsMove(service: KubeObject, { selector, move }: PointerTarget): boolean {
  const pointer = readPointer(service)
  return pointer.move === move && sameJson(pointer.selector, selector)
}

/** Tells whether a pointer is still what was read of it. Everything else about the Service may have changed. */
export function isUnmoved(live: KubeObject, service: KubeObject): boolean {
  const [now, before] = [readPointer(live), readPointer(service)]
  return now.move === before.move && sameJson(now.selector, before.selector)
}

/** Says that a pointer is not what was read any more: what was expected, what is there, and who wrote it last. */
export function pointerChanged(service: KubeObject, live: KubeObject, cause: unknown): Fault {
  const [before, now] = [readPointer(service), readPointer(live)]
  const isSelector = !sameJson(before.selector, now.selector)
  const what = isSelector ? 'its selector was changed since it was read' : 'another run has taken it over since it was read'
  const writers = latest(fieldOwners(live, isSelector ? ['spec', 'selector'] : ['metadata', 'labels', LABELS.move]))
  const by = writers.length === 0 ? 'which nobody is recorded to have written' : `last written by ${writers.map(describeOwner).join(' and ')}`
  return new Fault('CONFLICT', `${describeObject(service)}: ${what}, expected ${stateText(before)}, got ${stateText(now)}, ${by}`, {
    cause,
    hint: `Find out who else writes to this Service, then run again: it starts from what is there.`,
  })
}

function stateText({ selector, move }: { readonly selector: StringMap; readonly move: string | undefined }): string {
  const pairs = Object.entries(selector).map(([key, value]) => `${key}=${value}`)
  return `${pairs.length === 0 ? 'no selector' : pairs.toSorted().join(',')} (${move === undefined ? 'no move' : `move ${move}`})`
}

/** Times are whole seconds: whoever shares the last one may have been last. */
function latest(owners: readonly FieldOwner[]): readonly FieldOwner[] {
  return owners.filter(({ time }) => time === owners[0]?.time)
}
