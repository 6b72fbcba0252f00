import { deadlineIn } from '@fairlead/base'
import type { Effects, StepKind } from '../execute/effects.ts'
import { slotName } from '../release/index.ts'
import type { EmptyStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS, HEALTH_ACCESS } from './access.ts'
import { deploymentReference, lookUntil, podsOf, readDeployment, replicaSetsOf } from './deployment.ts'
import { scaleDeployment } from './scaling.ts'

/** Milliseconds for Pods to go beyond the grace they were given. */
const PATIENCE = 60_000

/** Takes every Pod out of a slot, and waits until the last one is gone, the terminating ones included: as long as one is there, a wider selector would reach it. */
export const empty: StepKind<EmptyStep> = {
  describe: ({ app, slot }) => `scale ${slotName(app, slot)} to 0, wait until its Pods are gone`,
  access: () => [...DEPLOYMENT_ACCESS, ...HEALTH_ACCESS],
  async execute({ app, slot }, effects) {
    const name = slotName(app, slot)
    const left = await emptyDeployment(name, effects)
    return left === 0 ? { ok: true, text: 'no Pod is left' } : { ok: false, text: `${left} Pods of ${name} are still there, expected none` }
  },
}

/** Answers how many Pods are left once all should be gone. A Deployment that is not there has none. */
async function emptyDeployment(name: string, effects: Effects): Promise<number> {
  const { cluster, namespace, clock, signal } = effects
  const reference = deploymentReference(namespace, name)
  if ((await cluster.get(reference)) === undefined) return 0
  await scaleDeployment(name, 0, effects)
  const deployment = await readDeployment(cluster, reference)
  const sets = await replicaSetsOf(cluster, deployment)
  const deadline = deadlineIn(clock, PATIENCE + graceOf(deployment.spec) * 1_000)
  const gone = await lookUntil(async () => ((await podsOf(cluster, sets)).length === 0 ? true : undefined), { clock, deadline, signal })
  return gone === true ? 0 : (await podsOf(cluster, sets)).length
}

function graceOf(spec: unknown): number {
  const { template } = spec as { readonly template?: { readonly spec?: { readonly terminationGracePeriodSeconds?: number } } }
  return template?.spec?.terminationGracePeriodSeconds ?? 30
}
