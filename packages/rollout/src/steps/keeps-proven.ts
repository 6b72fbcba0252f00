import { deadlineIn } from '@fairlead/base'
import { sameJson } from '@fairlead/kube'
import { describeOwner, fieldOwners, readPointer, type Backend } from '@fairlead/traffic'
import type { Effects, MadeMove } from '../execute/effects.ts'
import { SERVICES } from '../standing/index.ts'
import { backendReference } from './backend-reference.ts'
import { Steadiness } from './steadiness.ts'

/** A backend that users are on. */
export interface Watched {
  readonly app: string
  readonly backend: Backend
  readonly service: string
  readonly replicas: number
}

/** Milliseconds in which a Pod that was lost to its node may be replaced. */
const RECOVERY = 15_000
/** Milliseconds of a picture that proves nothing before somebody else's move is looked for. */
const SUSPICIOUS = 1_000
const PAUSE = 250

/**
 * Watches that the Service goes on leading to the backend alone, with all the Pods it asks for, that no container fails and no Pod stops being ready; answers the first complaint.
 * Only Pods that are gone are forgiven, and only while others answer: a node may die, and an autoscaler or a person may ask for fewer.
 */
export async function keepsProven(target: Watched, duration: number, effects: Effects): Promise<string | undefined> {
  const made = effects.moves.get(target.app)
  if (made === undefined) return undefined
  const { clock, signal } = effects
  const deadline = deadlineIn(clock, duration)
  const watch = { steadiness: new Steadiness(), atLeast: target.replicas, unprovenSince: undefined as number | undefined }
  // The picture of the move may be old: what is judged from here on is what the watches show now.
  for (;;) {
    const complaint = await complaintOf(target, made, { watch, effects })
    if (complaint !== undefined) return complaint
    if (deadline.passed() && watch.unprovenSince === undefined) return await movedBySomebody(target, effects)
    await clock.sleep(Math.min(PAUSE, Math.max(1, deadline.remaining())), signal)
  }
}

interface Watch {
  readonly steadiness: Steadiness
  atLeast: number
  /** Since when the picture has proven nothing. */
  unprovenSince: number | undefined
}

async function complaintOf(
  target: Watched,
  { label, proof }: MadeMove,
  { watch, effects }: { readonly watch: Watch; readonly effects: Effects },
): Promise<string | undefined> {
  const { clock } = effects
  const unsteady = watch.steadiness.look(proof.pods(), clock.now())
  if (unsteady !== undefined) return unsteady
  const verdict = proof.look(label, watch.atLeast)
  if (verdict.proven) {
    watch.unprovenSince = undefined
    return undefined
  }
  watch.unprovenSince ??= clock.now()
  const unproven = clock.now() - watch.unprovenSince
  if (unproven < SUSPICIOUS) return undefined
  const moved = await movedBySomebody(target, effects)
  if (moved !== undefined) return moved
  if (proof.takers() === 0) return `nobody answers any more: ${verdict.waitingFor}`
  watch.atLeast = Math.min(watch.atLeast, await replicasOf(target, effects))
  return unproven < RECOVERY ? undefined : verdict.waitingFor
}

/** The Pods the workload asks for now; one at least, since nobody is no answer. */
async function replicasOf({ app, backend, replicas }: Watched, effects: Effects): Promise<number> {
  const live = await effects.cluster.get(backendReference(app, backend, effects))
  return Math.max(1, (live?.spec as { readonly replicas?: number } | undefined)?.replicas ?? replicas)
}

/** Says who moved the pointer, when somebody did: it is told, not fought. */
async function movedBySomebody({ app, service: name }: Watched, { cluster, namespace, services }: Effects): Promise<string | undefined> {
  const service = await cluster.get({ resource: SERVICES, namespace, name })
  if (service === undefined) return `Service ${name} is gone, expected it to lead to the release`
  const expected = services.get(app)
  if (expected !== undefined && sameJson(readPointer(service).selector, readPointer(expected).selector)) return undefined
  const [writer] = fieldOwners(service, ['spec', 'selector'])
  return `Service ${name} was moved away from the release by ${writer === undefined ? 'somebody' : describeOwner(writer)}`
}
