import type { WoundUp } from '../execute/wind-up.ts'
import { describeBackend, pointedAt } from '../standing/index.ts'
import { reportRollout, type RolloutReport } from './rollout-report.ts'

/** Tells what became of what a run had left when its job ended. */
export function reportWindUp(wound: WoundUp, place: { readonly namespace: string }): RolloutReport {
  if (wound.type === 'taken back') {
    const report = reportRollout(wound.rollout, place)
    return { ...report, verdict: `Wound up: ${report.verdict}` }
  }
  return { conclusion: 'success', verdict: `Wound up: ${textOf(wound)}`, outputs: {}, annotations: [], summary: [], details: { type: wound.type } }
}

function textOf(wound: Exclude<WoundUp, { readonly type: 'taken back' }>): string {
  if (wound.type === 'nothing') return 'this run has left nothing on its way'
  const serving = wound.standings.map((standing) => {
    const { rollout, previous } = standing.kept.journal
    return `${standing.app} serves release ${(rollout ?? previous)?.release.number ?? 0} from ${describeBackend(pointedAt(standing))}`
  })
  return `users were moved before the run was stopped, so they stay: ${serving.join(', ')}, not written down yet. Run it again to finish`
}
