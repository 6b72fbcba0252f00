import type { Report } from '@fairlead/action'
import {
  describePlan,
  planData,
  pointedAt,
  releaseIn,
  versionOutputs,
  type Plan,
  type RollbackPlan,
  type RolloutReport,
  type Serving,
  type Standing,
} from '@fairlead/rollout'

/** Tells that there is no way back, and that nothing was changed. */
export function reportRefusal(plan: RollbackPlan, standings: readonly Standing[]): Report {
  const reason = plan.refused ?? ''
  const journals = new Map(standings.map(({ app, kept }) => [app, kept.journal]))
  const servings = standings.map(servingNow)
  return {
    conclusion: 'failure',
    verdict: `Refused: ${reason}. Nothing was changed`,
    outputs: {
      ...versionOutputs(servings, journals),
      plan: JSON.stringify(planData(plan)),
      diagnosis: JSON.stringify([{ cause: 'no-way-back', message: reason }]),
    },
    annotations: [{ level: 'error', title: 'rollback: nothing was changed', message: reason }],
    summary: [{ type: 'list', items: plan.title }],
    details: { plan: planData(plan), refused: reason },
  }
}

/** Tells what a rollback would do. */
export function reportPlanned(plan: Plan): Report {
  return {
    conclusion: plan.nothing === undefined ? 'success' : 'unchanged',
    verdict: plan.nothing === undefined ? `Dry run: ${plan.steps.length} steps; nothing was written` : `Dry run: ${plan.nothing}`,
    outputs: { plan: JSON.stringify(planData(plan)), diagnosis: '[]' },
    annotations: [],
    summary: [{ type: 'code', title: 'Plan', text: describePlan(plan).join('\n') }],
    details: { plan: planData(plan) },
  }
}

/** A report of a rollback that was carried out names the release that was left, which is no place to go back to. */
export function withLeftRelease(report: RolloutReport, standings: readonly Standing[]): Report {
  if (report.conclusion !== 'success') return report
  const left = standings.map(({ app, kept: { journal } }) => ({ app, number: (journal.rollout ?? journal.active)?.release.number ?? '' }))
  const lines = left.length === 1 ? String(left[0]?.number ?? '') : left.map(({ app, number }) => `${app}=${number}`).join('\n')
  return { ...report, outputs: { ...report.outputs, 'previous-release': lines } }
}

function servingNow(standing: Standing): Serving {
  const backend = pointedAt(standing)
  return { app: standing.app, backend, release: backend === undefined ? undefined : releaseIn(standing.kept.journal, backend) }
}
