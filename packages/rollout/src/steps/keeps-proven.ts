import { deadlineIn } from '@fairlead/base'
import { sameJson } from '@fairlead/kube'
import { describeOwner, fieldOwners, readPointer, selectorOf } from '@fairlead/traffic'
import type { Effects } from '../execute/effects.ts'
import { SERVICES } from '../standing/index.ts'
import type { Watched } from './restarts.ts'

/** Milliseconds in which a Pod that was lost to its node may be replaced. */
const RECOVERY = 15_000
const PAUSE = 500

/** Watches that the Service goes on leading to the backend alone, with all its Pods; answers what is wrong once it has been so for longer than a Pod takes to be replaced. */
export async function keepsProven(target: Watched, duration: number, effects: Effects): Promise<string | undefined> {
  const { clock, signal, moves } = effects
  const made = moves.get(target.app)
  if (made === undefined) return undefined
  const deadline = deadlineIn(clock, duration)
  for (;;) {
    const verdict = await made.proof.await(made.label, { timeout: RECOVERY, signal })
    if (!verdict.proven) return (await movedBySomebody(target, effects)) ?? verdict.waitingFor
    if (deadline.passed()) return await movedBySomebody(target, effects)
    await clock.sleep(Math.min(PAUSE, deadline.remaining()), signal)
  }
}

/** Says who moved the pointer, when somebody did: it is told, not fought. */
async function movedBySomebody({ app, backend, service: name }: Watched, { cluster, namespace, services }: Effects): Promise<string | undefined> {
  const service = await cluster.get({ resource: SERVICES, namespace, name })
  if (service === undefined) return `Service ${name} is gone, expected it to lead to the release`
  const expected = services.get(app)
  const { selector, base } = readPointer(service)
  const wanted = expected === undefined ? selectorOf(base, backend) : readPointer(expected).selector
  if (sameJson(selector, wanted)) return undefined
  const [writer] = fieldOwners(service, ['spec', 'selector'])
  return `Service ${name} was moved away from the release by ${writer === undefined ? 'somebody' : describeOwner(writer)}`
}
