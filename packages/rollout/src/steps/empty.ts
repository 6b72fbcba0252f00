import { deadlineIn } from '@fairlead/base'
import type { KubeObject, ObjectReference } from '@fairlead/kube'
import type { SlotName } from '@fairlead/traffic'
import type { Effects, StepKind } from '../execute/effects.ts'
import { slotName } from '../release/index.ts'
import type { EmptyStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS, HEALTH_ACCESS } from './access.ts'
import { deploymentReference, isObserved, lookUntil, podsOf, replicaSetsOf } from './deployment.ts'
import { scaleSlot } from './scaling.ts'

/** Milliseconds for Pods to go beyond the grace they were given. */
const PATIENCE = 60_000

/** Takes every Pod out of a slot, and waits until the last one is gone, the terminating ones included: as long as one is there, a wider selector would reach it. */
export const empty: StepKind<EmptyStep> = {
  describe: ({ app, slot }) => `scale ${slotName(app, slot)} to 0, wait until its Pods are gone`,
  writesAhead: true,
  access: () => [...DEPLOYMENT_ACCESS, ...HEALTH_ACCESS],
  async execute({ app, slot }, effects) {
    const name = slotName(app, slot)
    const left = await emptySlot(app, slot, effects)
    return left === 0 ? { ok: true, text: 'no Pod is left' } : { ok: false, text: `${left} Pods of ${name} are still there, expected none` }
  },
}

/** Answers how many Pods are left once all should be gone. A Deployment that is not there has none. */
async function emptySlot(app: string, slot: SlotName, effects: Effects): Promise<number> {
  const { cluster, namespace, clock, signal } = effects
  const reference = deploymentReference(namespace, slotName(app, slot))
  if ((await cluster.get(reference)) === undefined) return 0
  const scaled = await scaleSlot(app, slot, { replicas: 0, effects })
  const deadline = deadlineIn(clock, PATIENCE + graceOf(scaled.spec) * 1_000)
  const left = { pods: 1 }
  await lookUntil(
    async () => {
      left.pods = await podsLeft(reference, effects)
      return left.pods === 0 ? true : undefined
    },
    { clock, deadline, signal },
  )
  return left.pods
}

/** Counts Pods, and as one each controller that has not heard of zero yet: it may still be making some. */
async function podsLeft(reference: ObjectReference, { cluster }: Effects): Promise<number> {
  const deployment = await cluster.get(reference)
  if (deployment === undefined) return 0
  const sets = await replicaSetsOf(cluster, deployment)
  const pods = await podsOf(cluster, sets)
  return pods.length + [deployment, ...sets].filter((owner) => !isAtRest(owner)).length
}

/** Tells whether a controller has heard of zero, and no Pod of it is left but those that end. */
export function isAtRest(owner: KubeObject): boolean {
  const { replicas = 0 } = (owner.status ?? {}) as { readonly replicas?: number }
  return isObserved(owner) && replicas === 0 && (owner.spec as { readonly replicas?: number }).replicas === 0
}

function graceOf(spec: unknown): number {
  const { template } = spec as { readonly template?: { readonly spec?: { readonly terminationGracePeriodSeconds?: number } } }
  return template?.spec?.terminationGracePeriodSeconds ?? 30
}
