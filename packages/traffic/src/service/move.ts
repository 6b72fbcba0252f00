import { Fault, isFault } from '@fairlead/base'
import { describeObject, sameJson, type Cluster, type KubeObject, type StringMap } from '@fairlead/kube'
import type { Backend } from '../backend.ts'
import { POINTER_MANAGER } from '../labels.ts'
import { isUnmoved, pointerChanged, readAgain, showsMove } from './pointer-change.ts'
import { movePatch, readPointer, selectorOf, type PointerTarget } from './pointer.ts'

/** A move of a pointer. */
export interface ServiceMove {
  /** Where to; undefined opens the Service to every Pod the base selects. */
  readonly to: Backend | undefined
  /** The labels all Pods of the app share; those of the live selector unless told. */
  readonly base?: StringMap
  /** The move label: fencing token and step, never used for another move. */
  readonly move: string
  readonly signal?: AbortSignal | undefined
}

/**
 * Moves a Service, as it was last read, and answers it as written.
 *
 * Doing it again, also after a lost reply, ends in the same state and success. A pointer that is not what was read is left alone: a Fault (CONFLICT) names who wrote it.
 * Whatever else about the Service has changed meanwhile is no obstacle.
 */
export async function moveService(cluster: Cluster, service: KubeObject, move: ServiceMove): Promise<KubeObject> {
  const target = targetOf(service, move)
  const signal = { signal: move.signal }
  let last = service
  for (let attempt = 1; ; attempt += 1) {
    const patch = movePatch(last, target)
    try {
      return await cluster.patch(readPointer(service).reference, patch, { manager: POINTER_MANAGER, ...signal })
    } catch (error) {
      if (!isWorthReading(error)) throw error
      const live = await readAgain(cluster, service, signal)
      if (showsMove(live, target)) return live
      if (!isUnmoved(live, service)) throw pointerChanged(service, live, error)
      // Nobody moved it, so the refusal was about something else. Only what a fresh patch mends is sent again.
      const isMendable = isFault(error, 'CONFLICT') || (isFault(error, 'INPUT_INVALID') && !sameJson(movePatch(live, target), patch))
      if (!isMendable || attempt === ATTEMPTS) throw error
      last = live
    }
  }
}

const ATTEMPTS = 5

/** What a refused write leaves open. A 422 is a failed test as well as a webhook's no: only the Service itself tells. */
function isWorthReading(error: unknown): error is Fault {
  return isFault(error, 'INPUT_INVALID') || isFault(error, 'CONFLICT') || isFault(error, 'UNAVAILABLE') || isFault(error, 'NOT_FOUND')
}

function targetOf(service: KubeObject, { to, base = readPointer(service).base, move }: ServiceMove): PointerTarget {
  if (to === undefined || Object.keys(base).length > 0) return { selector: selectorOf(base, to), move }
  throw new Fault('INPUT_INVALID', `${describeObject(service)}: a slot alone would select the Pods of every app, expected labels of the app's own, got none`, {
    hint: 'Give the Service a selector that only Pods of this app meet.',
  })
}
