import { formatDuration } from '@fairlead/base'
import type { Execution, StepRecord } from '../execute/execute.ts'
import type { RolloutOutcome } from '../execute/run-rollout.ts'
import type { Journal } from '../journal/index.ts'
import { describeBackend } from '../standing/index.ts'
import type { RolloutReport } from './rollout-report.ts'

/** How a rollout ended, in the word of the `conclusion` output. */
export function conclusionOf({ plan, forward }: RolloutOutcome): RolloutReport['conclusion'] {
  if (plan.nothing !== undefined) return 'unchanged'
  if (forward.ended === 'cancelled') return 'cancelled'
  if (forward.ended !== 'complete') return 'failure'
  return forward.records.at(-1)?.step.type === 'park' ? 'parked' : 'success'
}

/** What happened, in one sentence: what was released or refused, why, and where traffic is now. */
export function verdictOf(outcome: RolloutOutcome): string {
  const { plan, forward, seconds } = outcome
  if (plan.nothing !== undefined) return `Unchanged: ${plan.nothing}`
  const time = formatDuration(seconds * 1_000)
  const conclusion = conclusionOf(outcome)
  if (conclusion === 'success') return successOf(outcome, time)
  if (conclusion === 'parked') return `Parked after ${time}: ${forward.records.at(-1)?.text ?? ''}. ${forward.records.at(-1)?.result?.text ?? ''}`
  return `${failureOf(forward, time)}. ${whereabouts(outcome)}`
}

function successOf({ forward, journals }: RolloutOutcome, time: string): string {
  const moved = forward.records.some(({ step }) => step.type === 'move')
  const proven = moved ? ', every endpoint proven' : ''
  if (forward.records.at(-1)?.step.type === 'end') return `Taken back after ${time}: ${servingOf(journals)}${proven}`
  if (forward.records.some(({ step }) => step.type === 'record' && step.isWayBack)) return `Rolled back after ${time}: ${servingOf(journals)}${proven}`
  return `Released after ${time}: ${servingOf(journals)}${proven}`
}

const ENDINGS: Readonly<Record<Execution['ended'], string>> = { complete: 'Done', refused: 'Refused', broken: 'Refused', blind: 'Held', cancelled: 'Cancelled' }

function failureOf({ ended, records, fault }: Execution, time: string): string {
  const failed = records.find(({ state }) => state === 'failed')
  const reason = ended === 'cancelled' ? '' : `: ${failed?.result?.text ?? fault?.message ?? 'no reason given'}`
  return `${ENDINGS[ended]} after ${time} at step ${failed?.number ?? 0}${reason}`
}

/** Where traffic is after something went wrong: what a person wants to know first. */
function whereabouts({ forward, wayBack, journals }: RolloutOutcome): string {
  const isMoved = reached(forward, 'move')
  if (wayBack === undefined) return untaken(forward, isMoved)
  if (wayBack.ended !== 'complete') return stuck(wayBack)
  return `${isMoved ? 'Traffic is back' : 'No traffic moved'}: ${servingOf(journals)}`
}

function untaken(forward: Execution, isMoved: boolean): string {
  if (reached(forward, 'record')) return 'The release serves and is recorded; the old Pods are still there: retire them by hand, or release again'
  return isMoved ? 'Nothing was taken back: both are still up. Run again to continue, or roll back' : 'No traffic moved'
}

function stuck({ records }: Execution): string {
  const failed = records.find(({ state }) => state === 'failed')
  return `THE WAY BACK STOPPED at "${failed?.text ?? ''}": ${failed?.result?.text ?? ''}. Both are still up; run rollback again`
}

function reached({ records }: Execution, type: StepRecord['step']['type']): boolean {
  return records.some(({ step, state }) => step.type === type && state === 'done')
}

function servingOf(journals: ReadonlyMap<string, Journal>): string {
  if (journals.size === 0) return 'nothing of ours is left'
  return [...journals]
    .map(([app, { active }]) =>
      active === undefined ? `${app} serves as before` : `${app} serves release ${active.release.number} from ${describeBackend(active.backend)}`,
    )
    .join(', ')
}
