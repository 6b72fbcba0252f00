import { SUITE } from '@fairlead/base'
import { selects, type KubeObject, type LabelRequirement, type LabelSelector, type Resource, type StringMap } from '@fairlead/kube'
import { backendLabels, LABELS, type Backend } from '@fairlead/traffic'

export const BUDGETS: Resource = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', namespaced: true }

/** On a copy of a PodDisruptionBudget: the one it was made of. */
const COPY_OF = `${SUITE.labelPrefix}copy-of`

/** Tells a PodDisruptionBudget from everything else. */
export function isBudget({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return kind === BUDGETS.kind && apiVersion === BUDGETS.apiVersion
}

/** The name of the budget that a copy of ours was made of; undefined for a budget of the user's own. */
export function copyOf({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[COPY_OF]
}

/** The selector of a budget as its user wrote it: without what keeps one backend out of it. Undefined where it has none, and covers nothing. */
export function ownSelector(budget: KubeObject): LabelSelector | undefined {
  const { selector } = (budget.spec ?? {}) as { readonly selector?: LabelSelector }
  if (selector?.matchExpressions === undefined) return selector
  const { matchExpressions, ...rest } = selector
  const own = matchExpressions.filter((requirement) => !isOurs(requirement))
  return own.length === 0 && own.length < matchExpressions.length ? rest : { ...rest, matchExpressions: own }
}

/** A budget with the selector its user wrote. */
export function asWritten(budget: KubeObject): KubeObject {
  const selector = ownSelector(budget)
  return { ...budget, spec: { ...(budget.spec as object), ...(selector === undefined ? {} : { selector }) } }
}

/** A user's selector that one backend is kept out of. What else it covers, it goes on covering. */
export function apartFrom(own: LabelSelector, beside: Backend | undefined): LabelSelector {
  return beside === undefined ? own : { ...own, matchExpressions: [...(own.matchExpressions ?? []), ...exclusionOf(beside)] }
}

/** The selector a user wrote now, with what is kept out of the one that is there. */
export function withExclusionsOf(own: LabelSelector, { spec }: KubeObject): LabelSelector {
  const { selector } = (spec ?? {}) as { readonly selector?: LabelSelector }
  const ours = (selector?.matchExpressions ?? []).filter(isOurs)
  return ours.length === 0 ? own : { ...own, matchExpressions: [...(own.matchExpressions ?? []), ...ours] }
}

/** What a copy is made from. */
export interface Original {
  readonly name: string
  /** As its user wrote it. */
  readonly selector: LabelSelector
  /** Everything of its spec but the selector. */
  readonly limits: Readonly<Record<string, unknown>>
}

/** Reads what a copy is made from; undefined for a budget that covers nothing. */
export function originalOf(budget: KubeObject): Original | undefined {
  const selector = ownSelector(budget)
  const { selector: _selector, ...limits } = (budget.spec ?? {}) as Readonly<Record<string, unknown>>
  return selector === undefined ? undefined : { name: budget.metadata.name, selector, limits }
}

/** The copy that covers the Pods of one backend, with the limits of the original. */
export function budgetCopy({ name, selector, limits }: Original, { app, namespace, backend }: CopyPlace): KubeObject {
  const labels = { ...(backend.type === 'slot' ? { [LABELS.app]: app } : {}), ...backendLabels(backend) }
  return {
    apiVersion: BUDGETS.apiVersion,
    kind: BUDGETS.kind,
    metadata: { name: copyName(name, backend), namespace, labels: { [LABELS.app]: app }, annotations: { [COPY_OF]: name } },
    spec: { ...limits, selector: { ...selector, matchLabels: { ...selector.matchLabels, ...labels } } },
  }
}

/** Where a copy goes. */
export interface CopyPlace {
  readonly app: string
  readonly namespace: string
  readonly backend: Backend
}

/** Names a copy: `web-green`, `web-adopted`. */
export function copyName(name: string, backend: Backend): string {
  return `${name.slice(0, LONGEST)}-${backend.type === 'slot' ? backend.slot : 'adopted'}`
}

/** A name has 253 characters. */
const LONGEST = 240

/** Tells whether a budget covers Pods of these labels, by what its user wrote. */
export function covers({ selector }: Pick<Original, 'selector'>, labels: StringMap): boolean {
  return selects(selector, labels)
}

function exclusionOf(backend: Backend): readonly LabelRequirement[] {
  return Object.entries(backendLabels(backend)).map(([key, value]) => ({ key, operator: 'NotIn', values: [value] }))
}

/** Nobody else keeps out what only we name: one slot, or one ReplicaSet. */
function isOurs({ key, operator, values = [] }: LabelRequirement): boolean {
  return operator === 'NotIn' && values.length === 1 && (key === LABELS.slot || key === LABELS.hash)
}
