import { SLOTS } from '@fairlead/traffic'
import { budgetsOver, candidateLabels, whyLeft } from '../plan/budgets.ts'
import type { AppRelease } from '../release/index.ts'
import type { Standing } from '../standing/index.ts'

/** PodDisruptionBudgets that are left as they are, and what that means while two slots have Pods. */
export function budgetNotes(standing: Standing, release: AppRelease): readonly string[] {
  const { namespace, app } = standing
  const over = budgetsOver(standing, [candidateLabels(standing, release)])
  if (over.length > 1) {
    const names = over.map(({ name }) => `"${namespace}/${name}"`).join(' and ')
    return [`PodDisruptionBudget ${names} cover the same Pods of ${app}: every eviction of one fails, here and without us`]
  }
  return over.flatMap((original) => {
    const why = whyLeft(standing, original)
    if (why === undefined) return []
    const name = `PodDisruptionBudget "${namespace}/${original.name}"`
    return [`${name} ${why}, so it is left as it is: while ${SLOTS.map((slot) => `${app}-${slot}`).join(' and ')} both have Pods, it counts them as one`]
  })
}
