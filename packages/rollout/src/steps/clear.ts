import { formatDuration } from '@fairlead/base'
import { readPointer } from '@fairlead/traffic'
import type { Effects, StepKind } from '../execute/effects.ts'
import type { ClearStep } from '../plan/step.ts'
import { slotName } from '../release/index.ts'
import { SERVICES } from '../standing/index.ts'
import { DEPLOYMENT_ACCESS, HEALTH_ACCESS, POINTER_ACCESS } from './access.ts'
import { empty } from './empty.ts'

/** Takes the Pods out of the slots and waits until the last one is gone, terminating ones included: a Service that is opened would reach it. A slot that users were led to meanwhile is left alone. */
export const clear: StepKind<ClearStep> = {
  describe: ({ app, slots, drain }) =>
    `retire ${slots.map((slot) => slotName(app, slot)).join(' and ')}: drain ${formatDuration(drain)}, scale to 0, wait until the Pods are gone`,
  writesAhead: true,
  access: () => [...DEPLOYMENT_ACCESS, ...HEALTH_ACCESS, ...POINTER_ACCESS],
  async execute({ app, slots, drain }, effects) {
    await effects.clock.sleep(drain, effects.signal)
    for (const slot of slots) {
      if (await leadsToSlot(app, effects))
        return { ok: false, text: `the Service leads to a slot of ${app} again, expected it to lead to Deployment ${app}: somebody has moved it` }
      const emptied = await empty.execute({ type: 'empty', app, slot }, effects)
      if (!emptied.ok) return emptied
    }
    return { ok: true, text: 'no Pod is left' }
  },
}

async function leadsToSlot(app: string, effects: Effects): Promise<boolean> {
  const { cluster, namespace } = effects
  const service = await cluster.get({ resource: SERVICES, namespace, name: effects.standing(app).serviceName })
  return service !== undefined && readPointer(service).backend?.type === 'slot'
}
