import { deadlineIn, formatDuration, isFault } from '@fairlead/base'
import { readPointer, sameBackend } from '@fairlead/traffic'
import { resolved, type Effects, type StepKind } from '../execute/effects.ts'
import type { RetireStep } from '../plan/step.ts'
import { SERVICES, workloadName } from '../standing/index.ts'
import { DEPLOYMENT_ACCESS, POINTER_ACCESS } from './access.ts'
import { deploymentReference, lookUntil } from './deployment.ts'
import { isAtRest } from './empty.ts'
import { scaleBackend } from './scaling.ts'

/**
 * Takes the old Pods away, once clients that keep their connections have had their time. Whoever has gone back to them meanwhile keeps them: the pointer is looked at last, and
 * a run that was overtaken cannot scale them any more.
 */
export const retire: StepKind<RetireStep> = {
  describe: (step) => `retire ${workloadName(step.app, step.backend)}: ${endOf(step)}`,
  access: ({ cleanup }) => [...DEPLOYMENT_ACCESS, ...POINTER_ACCESS, ...(cleanup ? [{ group: 'apps', resource: 'deployments', verbs: ['delete'] }] : [])],
  async execute(step, effects) {
    const { app, backend, drain, standby } = step
    if (standby.type === 'warm') return { ok: true, text: endOf(step) }
    await effects.clock.sleep(drain, effects.signal)
    if (await isServing(step, effects)) return { ok: true, text: `left alone: the Service leads to ${workloadName(app, backend)} again`, isDoubtful: true }
    return await takeAway(step, effects)
  },
}

async function isServing({ app, backend }: RetireStep, effects: Effects): Promise<boolean> {
  const { cluster, namespace } = effects
  const service = await cluster.get({ resource: SERVICES, namespace, name: effects.standing(app).serviceName })
  return service !== undefined && sameBackend(readPointer(service).backend, resolved(backend, app, effects))
}

/** What is gone already needs no taking away; a namesake made since is somebody's own. */
async function takeAway({ app, backend, cleanup }: RetireStep, effects: Effects): Promise<{ readonly ok: true; readonly text: string }> {
  const name = workloadName(app, backend)
  const uid = backend.type === 'slot' ? undefined : effects.journals.of(app).adoption?.uid
  try {
    await scaleBackend(app, backend, { replicas: 0, effects })
    if (effects.standing(app).budgets.length > 0) await untilAtRest(name, effects)
    if (!cleanup) return { ok: true, text: 'scaled to 0, kept as the way back' }
    const preconditions = uid === undefined ? {} : { preconditions: { uid } }
    await effects.cluster.delete(deploymentReference(effects.namespace, name), { propagation: 'Background', ...preconditions })
    return { ok: true, text: 'deleted, as adopt-cleanup asks' }
  } catch (error) {
    // To an apply, what is gone looks like something incomplete to be made: only the object itself tells.
    const isGone = isFault(error, 'NOT_FOUND') || (isFault(error, 'INPUT_INVALID') && (await isAbsent(name, effects)))
    if (!isGone) throw error
    return { ok: true, text: `${name} is gone already` }
  }
}

/** Milliseconds for controllers to mark the Pods that are to go. */
const PATIENCE = 10_000

/** A budget that is to cover this slot again must not count Pods as serving that are about to be taken away. */
async function untilAtRest(name: string, { cluster, namespace, clock, signal }: Effects): Promise<void> {
  const reference = deploymentReference(namespace, name)
  const look = async () => {
    const live = await cluster.get(reference)
    return live === undefined || isAtRest(live) ? true : undefined
  }
  await lookUntil(look, { clock, signal, deadline: deadlineIn(clock, PATIENCE) })
}

async function isAbsent(name: string, { cluster, namespace }: Effects): Promise<boolean> {
  return (await cluster.get(deploymentReference(namespace, name))) === undefined
}

function endOf({ standby, cleanup, drain }: RetireStep): string {
  if (standby.type === 'warm') return standby.for === undefined ? 'keep it warm until the next release' : `keep it warm for ${formatDuration(standby.for)}`
  return `drain ${formatDuration(drain)}, ${cleanup ? 'delete it' : 'scale to 0'}`
}
