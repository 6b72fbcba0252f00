import { sameJson, showsContent, type KubeObject, type StringMap } from '@fairlead/kube'
import { LABELS, SLOTS, slotBackend, type Backend } from '@fairlead/traffic'
import type { AppRelease, Release } from '../release/index.ts'
import {
  activeOf,
  apartFrom,
  asWritten,
  budgetCopy,
  candidateSlot,
  copyName,
  copyOf,
  covers,
  isBudget,
  originalOf,
  podLabels,
  workloadOf,
  type Original,
  type Standing,
} from '../standing/index.ts'
import type { BudgetStep } from './step.ts'

/**
 * What is done about the user's own PodDisruptionBudgets. One covers what serves, always; a copy of it covers the Pods beside, which are the candidate's before the move and those of what served after it.
 * A Pod that serves can pass from one budget to another only through a moment under two or under none: so a candidate passes before it serves, and what served passes after it has.
 */
export interface Guarding {
  readonly standing: Standing
  readonly budgets: readonly Original[]
}

/** The budgets that would count the Pods of a release and of what serves as one. */
export function guardedFor(standing: Standing, app: AppRelease, release: Pick<Release, 'companions'>): Guarding {
  const serving = activeOf(standing)?.workload ?? standing.plain
  const labels = [...(serving === undefined ? [] : [podLabels(serving)]), candidateLabels(standing, app)]
  const brought = release.companions.map(({ object }) => object)
  return { standing, budgets: serving === undefined ? [] : guardedAmong(standing, labels, brought) }
}

/** The budgets that would count the Pods of two backends as one. `brought` is what is, or will be, written to them meanwhile. */
export function guardedBetween(standing: Standing, backends: readonly Backend[], brought: readonly KubeObject[] = []): Guarding {
  const workloads = backends.map((backend) => workloadOf(standing, backend))
  const labels = workloads.flatMap((workload) => (workload === undefined ? [] : [podLabels(workload)]))
  return { standing, budgets: labels.length < 2 ? [] : guardedAmong(standing, labels, brought) }
}

/** The labels the Pods of a release will carry in their slot. */
export function candidateLabels(standing: Standing, { app, template }: AppRelease): StringMap {
  return { ...template.metadata?.labels, [LABELS.app]: app, [LABELS.slot]: candidateSlot(standing) }
}

/** The user's budgets that cover Pods with all these labels, whatever else they cover. */
export function budgetsOver({ budgets }: Pick<Standing, 'budgets'>, labels: readonly StringMap[], brought: readonly KubeObject[] = []): readonly Original[] {
  const own = budgets.filter((budget) => copyOf(budget) === undefined && brought.every(({ metadata }) => metadata.name !== budget.metadata.name))
  const originals = [...own, ...brought.filter(isBudget)].flatMap((budget) => originalOf(budget) ?? [])
  return originals.filter((original) => labels.every((each) => covers(original, each)))
}

/** Why a budget is left as it is, in words; undefined where nothing keeps it from being shared out. */
export function whyLeft(standing: Standing, original: Original): string | undefined {
  const shared = standing.others.find((object) => covers(original, podLabels({ object })))
  if (shared !== undefined) return `also covers Deployment ${shared.metadata.name}`
  const names = [...SLOTS.map(slotBackend), ADOPTED].map((backend) => copyName(original.name, backend))
  const taken = standing.budgets.find((budget) => names.includes(budget.metadata.name) && copyOf(budget) !== original.name)
  return taken === undefined ? undefined : `needs a copy under a name that another one has, ${taken.metadata.name}`
}

/** Keeps the Pods beside what serves out of the user's budgets and under copies; nothing where that is so. */
export function keepApart({ standing, budgets }: Guarding, backend: Backend): readonly BudgetStep[] {
  const hash = standing.kept.journal.adoption?.hash
  const beside = backend.type === 'adopted' && hash !== undefined ? { ...backend, hash } : backend
  const stale = copiesOf(standing, budgets).filter(({ metadata }) => budgets.every(({ name }) => metadata.name !== copyName(name, beside)))
  if (stale.length === 0 && budgets.every((original) => isApart(standing, original, beside))) return []
  return stepsOf(standing, { budgets, beside, stale: stale.map(({ metadata }) => metadata.name) })
}

/** Lets the user's budgets cover what is about to serve as well: before it does, while its Pods are nobody's. `beside` is what they were kept apart from in this very plan. */
export function letIn({ standing, budgets }: Guarding, beside: Backend): readonly BudgetStep[] {
  return stepsOf(standing, { budgets, beside: undefined, stale: budgets.map(({ name }) => copyName(name, beside)) })
}

/** Keeps apart what has just stopped serving. */
export function leaveOut({ standing, budgets }: Guarding, beside: Backend): readonly BudgetStep[] {
  return stepsOf(standing, { budgets, beside, stale: [] })
}

/** Gives every budget of an app back as its user wrote it, and deletes the copies; nothing where there are none. For an app of which one backend at most has Pods. */
export function settleBudgets(standing: Standing, brought: readonly KubeObject[] = []): readonly BudgetStep[] {
  const stale = standing.budgets.filter((budget) => copyOf(budget) !== undefined && budget.metadata.labels?.[LABELS.app] === standing.app)
  const narrowed = budgetsOfApp(standing).filter((budget) => !sameJson(asWritten(budget), budget))
  const kept = [
    ...narrowed,
    ...standing.budgets.filter(({ metadata }) => stale.some((copy) => copyOf(copy) === metadata.name) && !isIn(metadata.name, narrowed)),
  ]
  const budgets = kept.map((budget) => brought.find(({ metadata, kind }) => kind === budget.kind && metadata.name === budget.metadata.name) ?? budget)
  if (stale.length + narrowed.length === 0) return []
  return [
    {
      type: 'budget',
      app: standing.app,
      budgets: budgets.flatMap((budget) => originalOf(budget) ?? []),
      beside: undefined,
      stale: stale.map(({ metadata }) => metadata.name),
    },
  ]
}

/** The budgets of a namespace as they are once those of an app were settled. */
export function settledBudgets(standing: Standing): readonly KubeObject[] {
  const mine = budgetsOfApp(standing)
  const isCopy = (budget: KubeObject) => copyOf(budget) !== undefined && budget.metadata.labels?.[LABELS.app] === standing.app
  return standing.budgets.filter((budget) => !isCopy(budget)).map((budget) => (mine.includes(budget) ? asWritten(budget) : budget))
}

const ADOPTED: Backend = { type: 'adopted', hash: '' }

function guardedAmong(standing: Standing, labels: readonly StringMap[], brought: readonly KubeObject[]): readonly Original[] {
  const over = budgetsOver(standing, labels, brought)
  // Two on one Pod are the user's own affair: a copy of each would be two again.
  return over.length === 1 ? over.filter((original) => whyLeft(standing, original) === undefined) : []
}

function stepsOf({ app }: Standing, step: Omit<BudgetStep, 'type' | 'app'>): readonly BudgetStep[] {
  return step.budgets.length === 0 ? [] : [{ type: 'budget', app, ...step }]
}

function isApart({ app, namespace, budgets }: Standing, original: Original, beside: Backend): boolean {
  const live = budgets.find(({ metadata }) => metadata.name === original.name)
  const copy = budgets.find(({ metadata }) => metadata.name === copyName(original.name, beside))
  const wanted = budgetCopy(original, { app, namespace, backend: beside })
  const selector = (live?.spec as { readonly selector?: unknown } | undefined)?.selector
  return sameJson(selector, apartFrom(original.selector, beside)) && copy !== undefined && showsContent(copy.spec, wanted.spec)
}

function copiesOf({ budgets }: Standing, originals: readonly Original[]): readonly KubeObject[] {
  return budgets.filter((budget) => originals.some(({ name }) => name === copyOf(budget)))
}

/** The user's budgets that cover Pods of the app. */
function budgetsOfApp({ budgets, slots, plain }: Standing): readonly KubeObject[] {
  const labels = [slots.blue, slots.green, plain].flatMap((workload) => (workload === undefined ? [] : [podLabels(workload)]))
  return budgets.filter((budget) => {
    const original = copyOf(budget) === undefined ? originalOf(budget) : undefined
    return original !== undefined && labels.some((each) => covers(original, each))
  })
}

function isIn(name: string, budgets: readonly KubeObject[]): boolean {
  return budgets.some(({ metadata }) => metadata.name === name)
}
