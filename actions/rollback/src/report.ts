import type { Report } from '@fairlead/action'
import { describePlan, planData, versionOutputs, type Plan, type RollbackPlan, type Standing } from '@fairlead/rollout'

/** Tells that there is no way back, and that nothing was changed. */
export function reportRefusal(plan: RollbackPlan, standings: readonly Standing[]): Report {
  const reason = plan.refused ?? ''
  const journals = new Map(standings.map(({ app, kept }) => [app, kept.journal]))
  return {
    conclusion: 'failure',
    verdict: `Refused: ${reason}. Nothing was changed`,
    outputs: { ...versionOutputs(journals), plan: JSON.stringify(planData(plan)), diagnosis: JSON.stringify([{ cause: 'no-way-back', message: reason }]) },
    annotations: [{ level: 'error', title: 'rollback: nothing was changed', message: reason }],
    summary: [{ type: 'list', items: plan.title }],
    details: { plan: planData(plan), refused: reason },
  }
}

/** Tells what a rollback would do. */
export function reportPlanned(plan: Plan): Report {
  return {
    conclusion: 'success',
    verdict: `Dry run: ${plan.steps.length} steps; nothing was written`,
    outputs: { plan: JSON.stringify(planData(plan)), diagnosis: '[]' },
    annotations: [],
    summary: [{ type: 'code', title: 'Plan', text: describePlan(plan).join('\n') }],
    details: { plan: planData(plan) },
  }
}
