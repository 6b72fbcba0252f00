import { deadlineIn } from '@fairlead/base'
import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import type { ScaleStep } from '../plan/step.ts'
import { workloadName } from '../standing/index.ts'
import { DEPLOYMENT_ACCESS, HEALTH_ACCESS } from './access.ts'
import { adoptedReference } from './backend-reference.ts'
import { lookUntil, REPLICA_SETS } from './deployment.ts'
import { remember, scaleBackend } from './scaling.ts'

/** Milliseconds for a controller to pass a scale on. */
const PASSED_ON = 30_000

/** Brings the Pods of a release back that was kept at zero. */
export const scale: StepKind<ScaleStep> = {
  describe: ({ app, backend, replicas }) => `scale ${workloadName(app, backend)} to ${replicas}`,
  undo: ({ app, backend, before }) => `scale ${workloadName(app, backend)} to ${before}`,
  writesAhead: true,
  access: () => [...DEPLOYMENT_ACCESS, ...HEALTH_ACCESS],
  async execute({ app, backend, replicas }, effects) {
    await scaleBackend(app, backend, { replicas, effects })
    return backend.type === 'slot' ? { ok: true, text: `${replicas} asked for` } : await passedOn(app, replicas, effects)
  },
}

/** A held Deployment is judged by its ReplicaSet, which must have heard of the scale first: at zero it would look as it did before. */
async function passedOn(app: string, replicas: number, effects: Effects): Promise<StepResult> {
  const { cluster, clock, signal, generations, namespace } = effects
  const reference = adoptedReference(app, effects)
  const heard = await lookUntil(
    async () => {
      const { items } = await cluster.list({ resource: REPLICA_SETS, namespace, fieldSelector: `metadata.name=${reference.name}` })
      return items.find(({ spec }) => (spec as { readonly replicas?: number } | undefined)?.replicas === replicas)
    },
    { clock, signal, deadline: deadlineIn(clock, PASSED_ON) },
  )
  if (heard === undefined) return { ok: false, text: `ReplicaSet ${reference.name} was not scaled to ${replicas}, expected the Deployment to pass it on` }
  remember(heard, generations)
  return { ok: true, text: `${replicas} asked for` }
}
