import { formatDuration } from '@fairlead/base'
import type { Execution, StepRecord } from '../execute/execute.ts'
import type { RolloutOutcome } from '../execute/run-rollout.ts'
import type { RolloutReport } from './rollout-report.ts'
import { describeServing, servingAfter } from './serving.ts'

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
  const serving = describeServing(servingAfter(outcome))
  if (forward.ended !== 'complete') return `${failureOf(forward, time)}. ${whereabouts(outcome, serving)}`
  const last = forward.records.at(-1)
  if (last?.step.type === 'park') return `Parked after ${time}: ${last.text}; ${serving}. ${last.result?.text ?? ''}`
  return `${achievementOf(forward)} after ${time}: ${serving}${reached(forward.records, 'move') ? ', every endpoint proven' : ''}${edits(forward)}`
}

function achievementOf({ records }: Execution): string {
  if (records.at(-1)?.step.type === 'end') return 'Taken back'
  const recorded = records.findLast(({ step }) => step.type === 'record')?.step
  if (recorded?.type === 'record' && recorded.isWayBack) return 'Rolled back'
  return reached(records, 'record') ? 'Released' : 'Made whole'
}

const ENDINGS: Readonly<Record<Execution['ended'], string>> = {
  complete: 'Done',
  refused: 'Refused',
  broken: 'Stopped',
  blind: 'Held',
  overtaken: 'Overtaken',
  late: 'Frozen',
  cancelled: 'Cancelled',
}

function failureOf({ ended, records, fault }: Execution, time: string): string {
  const failed = records.find(({ state }) => state === 'failed')
  const reason = ended === 'cancelled' ? '' : `: ${failed?.result?.text ?? fault?.message ?? 'no reason given'}`
  return `${ENDINGS[ended]} after ${time} at step ${failed?.number ?? 0}${reason}`
}

/** Where traffic is after something went wrong: what a person wants to know first. */
function whereabouts({ forward, wayBack, unseen, barred }: RolloutOutcome, serving: string): string {
  const own = ownRecords(forward.records)
  const isMoved = reached(own, 'move')
  if (unseen !== undefined)
    return `Nothing was taken back, since it could not be seen how things stand (${unseen.message}); when last seen, ${serving}. Run rollback`
  if (barred !== undefined) return `NOTHING WAS TAKEN BACK: ${barred}. Both slots are left up, and a person must decide; ${serving}`
  if (forward.ended === 'overtaken') return `What becomes of the release is that run's to say; when last seen, ${serving}`
  if (forward.ended === 'late') return `Everything stays as it stands, with both slots up: ${serving}`
  if (wayBack === undefined) return `${untaken(own, isMoved)}: ${serving}`
  if (wayBack.ended !== 'complete') return `${stuck(wayBack)}: ${serving}`
  if (!isMoved) return `No traffic moved: ${serving}${edits(wayBack)}`
  return `${reached(wayBack.records, 'move') ? 'Traffic is back' : 'Traffic was not moved back by us'}: ${serving}`
}

/** What somebody has edited meanwhile, and users get now, is worth a word where everybody looks. */
function edits({ records }: Execution): string {
  const told = records.filter(({ step, result }) => step.type === 'let-go' && result?.text.includes('edited') === true)
  return told.map(({ text, result }) => `. ${text}: ${result?.text ?? ''}`).join('')
}

/** What a plan does for its own release, after what it brought to an end first. */
function ownRecords(records: readonly StepRecord[]): readonly StepRecord[] {
  return records.slice(
    Math.max(
      0,
      records.findIndex(({ step }) => step.type === 'begin'),
    ),
  )
}

function untaken(own: readonly StepRecord[], isMoved: boolean): string {
  if (reached(own, 'record')) return 'Nothing was taken back, since a release is written down already; run it again to finish'
  return isMoved ? 'Nothing was taken back; run it again to continue, or roll back' : 'No traffic moved'
}

function stuck({ records }: Execution): string {
  const failed = records.find(({ state }) => state === 'failed')
  return `THE WAY BACK STOPPED at "${failed?.text ?? ''}": ${failed?.result?.text ?? ''}. Run rollback again, or go back by hand`
}

function reached(records: readonly StepRecord[], type: StepRecord['step']['type']): boolean {
  return records.some(({ step, state }) => step.type === type && state === 'done')
}
