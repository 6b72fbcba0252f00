import { deadlineIn } from '@fairlead/base'
import { sameJson } from '@fairlead/kube'
import { describeOwner, fieldOwners, readPointer, type Backend } from '@fairlead/traffic'
import type { Effects } from '../execute/effects.ts'
import { SERVICES } from '../standing/index.ts'
import { backendReference } from './backend-reference.ts'
import { restartIn } from './restarts.ts'

/** A backend that users are on. */
export interface Watched {
  readonly app: string
  readonly backend: Backend
  readonly service: string
  readonly replicas: number
}

/** Milliseconds in which a Pod that was lost to its node may be replaced. */
const RECOVERY = 15_000
const PAUSE = 500

/**
 * Watches that the Service goes on leading to the backend alone, with all the Pods it asks for, and that no container fails; answers the first complaint. Fewer Pods than were planned are
 * no complaint where an autoscaler or a person has asked for fewer.
 */
export async function keepsProven(target: Watched, duration: number, effects: Effects): Promise<string | undefined> {
  const { clock, signal, moves } = effects
  const made = moves.get(target.app)
  if (made === undefined) return undefined
  const deadline = deadlineIn(clock, duration)
  const seen = new Map<string, number>()
  let atLeast = target.replicas
  for (;;) {
    const verdict = await made.proof.await(made.label, { timeout: RECOVERY, signal, atLeast })
    const restart = restartIn(made.proof.pods(), seen)
    if (restart !== undefined) return restart
    const asked = verdict.proven ? atLeast : await replicasOf(target, effects)
    if (!verdict.proven && asked >= atLeast) return (await movedBySomebody(target, effects)) ?? verdict.waitingFor
    atLeast = asked
    if (verdict.proven && deadline.passed()) return await movedBySomebody(target, effects)
    await clock.sleep(Math.min(PAUSE, Math.max(1, deadline.remaining())), signal)
  }
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
