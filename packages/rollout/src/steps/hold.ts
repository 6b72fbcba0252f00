import { deadlineIn, isFault, SUITE, type Deadline } from '@fairlead/base'
import { describeReference, sameJson, valueAt, type KubeObject, type ObjectReference } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import type { HoldStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS, HEALTH_ACCESS } from './access.ts'
import { fenceTests, readFenced } from './fenced.ts'
import { deploymentReference, isObserved, lookUntil, podsOf, readDeployment, replicaSetsOf } from './deployment.ts'

/** Writes `paused` of the Deployment that is adopted, and nothing else. */
const HOLD_MANAGER = `${SUITE.fieldManager}-hold`
/** Milliseconds for a controller to see a pause. */
const OBSERVED = 30_000

/**
 * Pauses the Deployment that serves, then looks whether exactly one ReplicaSet has Pods, of the template there is. If not, it lets go, waits until the rolling is over,
 * and tries again: checking after the pause is the only order without a race.
 */
export const hold: StepKind<HoldStep> = {
  describe: ({ deployment }) => `hold Deployment ${deployment}, so that nothing replaces the Pods that serve`,
  undo: ({ deployment }) => `let Deployment ${deployment} go again`,
  writesAhead: true,
  access: () => [...DEPLOYMENT_ACCESS, ...HEALTH_ACCESS],
  async execute({ app, deployment, timeout }, effects) {
    const reference = deploymentReference(effects.namespace, deployment)
    const deadline = deadlineIn(effects.clock, timeout)
    for (;;) {
      const held = await pause(app, reference, effects)
      if (held === undefined)
        return {
          ok: false,
          text: `${describeReference(reference)} is paused by somebody else, expected it to roll freely; resume it, or release it yourself first`,
        }
      const set = await onlyReplicaSet(reference, effects)
      if (set !== undefined) return await remember(app, set, effects)
      await letGo(app, reference, effects)
      if (!(await isRolledOut(reference, deadline, effects)))
        return { ok: false, text: `${describeReference(reference)} was still rolling after ${timeout / 1_000}s, expected one ReplicaSet with all its Pods` }
    }
  },
}

/** Pauses it, if it is not paused by us already; undefined when it is by somebody else. */
async function pause(app: string, reference: ObjectReference, effects: Effects): Promise<KubeObject | undefined> {
  const { cluster } = effects
  const seen = await readFenced(reference.name, app, effects)
  try {
    return await cluster.patch(
      reference,
      [...(seen === undefined ? [] : fenceTests(seen)), { op: 'test', path: '/spec/paused', value: null }, { op: 'add', path: '/spec/paused', value: true }],
      { manager: HOLD_MANAGER },
    )
  } catch (error) {
    if (!isFault(error, 'INPUT_INVALID')) throw error
    // A 422 does not say what failed: the object does.
    const live = await readFenced(reference.name, app, effects)
    if (live === undefined || valueAt(live, ['spec', 'paused']) !== true) throw error
    return isHeldByUs(live) ? live : undefined
  }
}

/** Tells whether the pause is ours, by who wrote the field. */
export function isHeldByUs({ metadata }: KubeObject): boolean {
  return ((metadata.managedFields ?? []) as readonly { readonly manager?: string; readonly fieldsV1?: unknown }[]).some(
    ({ manager, fieldsV1 }) => manager === HOLD_MANAGER && valueAt(fieldsV1, ['f:spec', 'f:paused']) !== undefined,
  )
}

/** Lets a Deployment that we hold roll again. One that is gone, not paused, or paused by somebody else is left alone: answers whether it was ours to let go. */
export async function letGo(app: string, reference: ObjectReference, effects: Effects): Promise<boolean> {
  const { cluster } = effects
  const held = await readFenced(reference.name, app, effects)
  if (held === undefined || valueAt(held, ['spec', 'paused']) !== true || !isHeldByUs(held)) return false
  try {
    await cluster.patch(reference, [...fenceTests(held), { op: 'test', path: '/spec/paused', value: true }, { op: 'remove', path: '/spec/paused' }], {
      manager: HOLD_MANAGER,
    })
  } catch (error) {
    if (!isFault(error, 'INPUT_INVALID')) throw error
    const live = await cluster.get(reference)
    if (live !== undefined && valueAt(live, ['spec', 'paused']) === true) throw error
  }
  return true
}

/** The one ReplicaSet that has Pods, when there is one and it has the template the Deployment has. */
async function onlyReplicaSet(reference: ObjectReference, { cluster, clock, signal }: Effects): Promise<KubeObject | undefined> {
  const deadline = deadlineIn(clock, OBSERVED)
  const observed = await lookUntil(
    async () => {
      const live = await readDeployment(cluster, reference)
      return isObserved(live) ? live : undefined
    },
    { clock, deadline, signal },
  )
  if (observed === undefined) return undefined
  const sets = await replicaSetsOf(cluster, observed)
  const pods = await podsOf(cluster, sets)
  const inhabited = sets.filter(({ metadata, spec }) => hasPods(metadata.uid, pods) || ((spec as { readonly replicas?: number }).replicas ?? 0) > 0)
  const [only] = inhabited
  return inhabited.length === 1 && only !== undefined && hasTemplateOf(only, observed) ? only : undefined
}

function hasPods(uid: string | undefined, pods: readonly KubeObject[]): boolean {
  return pods.some(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid) === true)
}

/** Tells whether a ReplicaSet has the template its Deployment has now. */
export function hasTemplateOf(set: KubeObject, deployment: KubeObject): boolean {
  const template = structuredClone(valueAt(set, ['spec', 'template'])) as { metadata?: { labels?: Record<string, string> } }
  delete template.metadata?.labels?.[LABELS.hash]
  return sameJson(withoutEmptyMetadata(template), withoutEmptyMetadata(valueAt(deployment, ['spec', 'template'])))
}

function withoutEmptyMetadata(template: unknown): unknown {
  const { metadata = {}, ...rest } = template as { readonly metadata?: Readonly<Record<string, unknown>> }
  return { ...rest, metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== 'creationTimestamp')) }
}

async function isRolledOut(reference: ObjectReference, deadline: Deadline, { cluster, clock, signal }: Effects): Promise<boolean> {
  const done = await lookUntil(
    async () => {
      const live = await readDeployment(cluster, reference)
      const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = (live.status ?? {}) as Readonly<Record<string, number>>
      return isObserved(live) && replicas === updatedReplicas && replicas === availableReplicas ? true : undefined
    },
    { clock, deadline, signal },
  )
  return done === true && !deadline.passed()
}

async function remember(app: string, set: KubeObject, { journals }: Effects): Promise<StepResult> {
  const hash = set.metadata.labels?.[LABELS.hash]
  if (hash === undefined) return { ok: false, text: `ReplicaSet ${set.metadata.name} has no ${LABELS.hash}, expected the one its controller gives it` }
  await journals.write(app, (journal) =>
    journal.adoption === undefined ? journal : { ...journal, adoption: { ...journal.adoption, hash, replicaSet: set.metadata.name } },
  )
  return { ok: true, text: `its Pods are those of ReplicaSet ${set.metadata.name}` }
}
