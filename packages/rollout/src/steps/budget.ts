import { isFault, SUITE } from '@fairlead/base'
import { sameJson, type KubeObject, type LabelSelector } from '@fairlead/kube'
import { fieldOwners, POINTER_MANAGER, type Backend } from '@fairlead/traffic'
import { resolved, type Effects, type StepKind } from '../execute/effects.ts'
import type { BudgetStep } from '../plan/step.ts'
import { apartFrom, budgetCopy, BUDGETS, copyName, ownSelector, withExclusionsOf, workloadName, type Original } from '../standing/index.ts'

const MANAGER = SUITE.fieldManager

/**
 * Shares Pods out between the user's budgets and copies, in an order in which no Pod is ever under two, since every eviction of one fails then: copies that are over go first, then the user's own is
 * written, then copies are made.
 */
export const budget: StepKind<BudgetStep> = {
  describe({ app, budgets, beside, stale }) {
    const own = namesOf(budgets.map(({ name }) => name))
    if (beside !== undefined) return `guard ${workloadName(app, beside)} by ${namesOf(budgets.map(({ name }) => copyName(name, beside)))} instead of ${own}`
    const guarded = budgets.length === 0 ? [] : [`guard every Pod of ${app} by ${own} again`]
    return [...(stale.length === 0 ? [] : [`delete ${namesOf(stale)}`]), ...guarded].join(', ')
  },
  access: () => [{ group: 'policy', resource: BUDGETS.plural, verbs: ['create', 'patch', 'delete'] }],
  async execute({ app, budgets, beside, stale }, effects) {
    const { cluster, namespace } = effects
    // Budgets carry no fence, so the lock is asked: what a run that was overtaken shared out would stay so.
    const loss = await effects.loss(app)
    if (loss !== undefined) throw loss
    const backend = beside === undefined ? undefined : resolved(beside, app, effects)
    for (const name of stale) await cluster.delete({ resource: BUDGETS, namespace, name })
    const gone: string[] = []
    for (const original of budgets) {
      if (!(await share(original, { app, backend }, effects))) gone.push(original.name)
    }
    const text = backend === undefined ? 'one budget for each Pod' : `${budgets.length - gone.length} copied`
    return { ok: true, text: gone.length === 0 ? text : `${text}; ${gone.join(', ')} is gone: somebody has deleted it` }
  },
}

function namesOf(names: readonly string[]): string {
  return names.map((name) => `PDB ${name}`).join(', ')
}

/** A budget without its selector, which is a pointer: it is written by another manager, as the release moves. */
export function withoutSelector(object: KubeObject): KubeObject {
  const { selector: _selector, ...spec } = (object.spec ?? {}) as Readonly<Record<string, unknown>>
  return { ...object, spec }
}

/** Applies a budget that comes with a release, and sees to it that it covers what its user wrote now; what is kept out of it stays out. */
export async function applyBudget(
  object: KubeObject,
  { live, force }: { readonly live: KubeObject | undefined; readonly force: boolean },
  effects: Pick<Effects, 'cluster' | 'namespace'>,
): Promise<KubeObject> {
  const { cluster } = effects
  if (live !== undefined && isOurAppliesAlone(live)) await claim(live, effects)
  const written = await cluster.apply(withoutSelector(object), { manager: MANAGER, force })
  const own = ownSelector(object)
  if (own === undefined || sameJson(ownSelector(written), own)) return written
  return await point(object, withExclusionsOf(own, written), effects)
}

/** Answers whether the budget was there. */
async function share(
  original: Original,
  { app, backend }: { readonly app: string; readonly backend: Backend | undefined },
  effects: Pick<Effects, 'cluster' | 'namespace'>,
): Promise<boolean> {
  const { cluster, namespace } = effects
  try {
    await point({ metadata: { name: original.name, namespace } }, apartFrom(original.selector, backend), effects)
  } catch (error) {
    if (!isFault(error, 'NOT_FOUND')) throw error
    return false
  }
  if (backend !== undefined) await cluster.apply(budgetCopy(original, { app, namespace, backend }), { manager: MANAGER })
  return true
}

function point(
  { metadata }: Pick<KubeObject, 'metadata'>,
  selector: LabelSelector,
  { cluster, namespace }: Pick<Effects, 'cluster' | 'namespace'>,
): Promise<KubeObject> {
  const reference = { resource: BUDGETS, namespace: metadata.namespace ?? namespace, name: metadata.name }
  return cluster.patch(reference, [{ op: 'add', path: '/spec/selector', value: selector }], { manager: POINTER_MANAGER })
}

/** An apply of ours that stopped naming the selector would take it away, if nobody else owns it. */
function isOurAppliesAlone(live: KubeObject): boolean {
  const owners = fieldOwners(live, ['spec', 'selector'])
  return owners.length > 0 && owners.every(({ manager, operation }) => manager === MANAGER && operation === 'Apply')
}

async function claim({ apiVersion, kind, metadata, spec }: KubeObject, { cluster, namespace }: Pick<Effects, 'cluster' | 'namespace'>): Promise<void> {
  const { selector } = (spec ?? {}) as { readonly selector?: unknown }
  await cluster.apply(
    { apiVersion, kind, metadata: { name: metadata.name, namespace: metadata.namespace ?? namespace }, spec: { selector } },
    { manager: POINTER_MANAGER },
  )
}
