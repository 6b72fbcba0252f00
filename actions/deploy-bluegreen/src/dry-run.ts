import type { Report } from '@fairlead/action'
import { isFault, SUITE } from '@fairlead/base'
import { describeObject, referenceTo, type Cluster, type KubeObject } from '@fairlead/kube'
import { describeChange } from '@fairlead/kube/diff'
import { describePlan, planData, type Plan } from '@fairlead/rollout'

/** What the API server would make of the objects of a plan. */
export interface DryRun {
  readonly changes: readonly { readonly name: string; readonly diff: string }[]
  /** What it would refuse, in its own words. */
  readonly refusals: readonly string[]
}

/** Asks the API server what it would make of every object a plan applies, without keeping it. */
export async function diffPlan(plan: Plan, cluster: Cluster, { signal }: { readonly signal: AbortSignal }): Promise<DryRun> {
  const changes: { name: string; diff: string }[] = []
  const refusals: string[] = []
  for (const { object: whole, force } of objectsOf(plan)) {
    const resource = await cluster.resourceOf(whole, { signal })
    const live = await cluster.get(referenceTo(resource, whole), { signal })
    const object = live === undefined ? whole : withoutTarget(whole)
    try {
      const wanted = await cluster.apply(object, { manager: SUITE.fieldManager, dryRun: true, force, signal })
      changes.push({ name: describeObject(object), diff: describeChange(live, wanted) })
    } catch (error) {
      // What it refuses now it would refuse then: that is the answer, not a failure of ours.
      if (!isFault(error, 'CONFLICT') && !isFault(error, 'INPUT_INVALID')) throw error
      refusals.push(`${describeObject(object)}: ${error.message}`)
    }
  }
  return { changes, refusals }
}

/** What an HPA that is there scales is a pointer, and no part of an apply. */
function withoutTarget(object: KubeObject): KubeObject {
  if (object.kind !== 'HorizontalPodAutoscaler') return object
  const { scaleTargetRef: _target, ...spec } = object.spec as Readonly<Record<string, unknown>>
  return { ...object, spec }
}

/** Tells what would happen: the plan, and the difference of every object. */
export function reportDryRun(plan: Plan, { changes, refusals }: DryRun): Report {
  const changed = changes.filter(({ diff }) => diff !== '')
  const verdict =
    refusals.length > 0
      ? `Dry run: the API server would refuse ${refusals.length} of ${changes.length + refusals.length} objects: ${refusals[0] ?? ''}`
      : plan.nothing === undefined
        ? `Dry run: ${plan.steps.length} steps, ${changed.length} objects would change; nothing was written`
        : `Dry run: ${plan.nothing}`
  return {
    conclusion: refusals.length > 0 ? 'failure' : plan.nothing === undefined ? 'success' : 'unchanged',
    verdict,
    outputs: { plan: JSON.stringify(planData(plan)), diagnosis: JSON.stringify(refusals.map((message) => ({ cause: 'refusal', message }))) },
    annotations: refusals.map((message) => ({ level: 'error' as const, title: 'The API server would refuse this', message })),
    summary: [
      { type: 'code', title: 'Plan', text: describePlan(plan).join('\n') },
      ...changed.map(({ name, diff }) => ({ type: 'code' as const, title: name, text: diff, language: 'diff' })),
      ...(plan.notes.length === 0 ? [] : [{ type: 'list' as const, items: plan.notes }]),
    ],
    details: { plan: planData(plan), changes, refusals },
  }
}

function objectsOf({ steps }: Plan): readonly { readonly object: KubeObject; readonly force: boolean }[] {
  return steps.flatMap((step): readonly { readonly object: KubeObject; readonly force: boolean }[] => {
    if (step.type === 'prepare') return [{ object: step.deployment, force: step.force }]
    if (step.type !== 'apply') return []
    return [...step.config, ...step.companions, ...step.autoscalers].map(({ object }) => ({ object, force: step.force }))
  })
}
