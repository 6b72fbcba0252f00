import { formatDuration } from '@fairlead/base'
import type { StepKind } from '../execute/effects.ts'
import { deploymentReference } from './deployment.ts'
import { workloadName } from '../standing/index.ts'
import type { RetireStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS } from './access.ts'
import { scaleBackend } from './scaling.ts'

/** Takes the old Pods away, once clients that keep their connections have had their time. */
export const retire: StepKind<RetireStep> = {
  describe: (step) => `retire ${workloadName(step.app, step.backend)}: ${endOf(step)}`,
  access: ({ cleanup }) => [...DEPLOYMENT_ACCESS, ...(cleanup ? [{ group: 'apps', resource: 'deployments', verbs: ['delete'] }] : [])],
  async execute(step, effects) {
    const { app, backend, drain, standby, cleanup } = step
    const { cluster, clock, signal, namespace } = effects
    if (standby.type === 'warm') return { ok: true, text: endOf(step) }
    await clock.sleep(drain, signal)
    const name = workloadName(app, backend)
    await scaleBackend(app, backend, { replicas: 0, effects })
    if (!cleanup) return { ok: true, text: 'scaled to 0, kept as the way back' }
    await cluster.delete(deploymentReference(namespace, name), { propagation: 'Background' })
    return { ok: true, text: 'deleted, as adopt-cleanup asks' }
  },
}

function endOf({ standby, cleanup, drain }: RetireStep): string {
  if (standby.type === 'warm') return standby.for === undefined ? 'keep it warm until the next release' : `keep it warm for ${formatDuration(standby.for)}`
  return `drain ${formatDuration(drain)}, ${cleanup ? 'delete it' : 'scale to 0'}`
}
