import { Fault, isFault, toFault } from '@fairlead/base'
import type { Step } from '../plan/step.ts'
import { appsOf, describeStep, executeStep, writesAhead } from '../steps/index.ts'
import { isLoss } from '../lock/index.ts'
import type { Effects, StepResult } from './effects.ts'
import { withGrace } from './grace.ts'

/** What became of one step of a plan. */
export interface StepRecord {
  /** From 1, as the plan prints it. */
  readonly number: number
  readonly step: Step
  readonly text: string
  readonly state: 'done' | 'failed' | 'not reached'
  readonly seconds: number
  /** When it began, ISO, by the wall clock of the run; absent when it was not reached. */
  readonly at?: string
  readonly result?: StepResult
}

/**
 * How a plan ended. `refused`: a step said no. `broken`: we could not do our job, and what we saw is no reason to leave things as they are.
 * `blind`: the API server is out of reach; nothing is concluded from that. `overtaken`: another run has taken over, and what becomes of it is that run's to say.
 * `late`: the time it had is over; everything stays as it stands. `cancelled`: we were stopped.
 */
export interface Execution {
  readonly ended: 'complete' | 'refused' | 'broken' | 'blind' | 'overtaken' | 'late' | 'cancelled'
  readonly records: readonly StepRecord[]
  readonly fault?: Fault
}

/** Carries out any plan, one step after the other, and stops at the first that is refused. Never throws. */
export async function execute(steps: readonly Step[], effects: Effects): Promise<Execution> {
  const records: StepRecord[] = []
  const unreached = () => steps.slice(records.length).map((step, index) => notReached(step, records.length + index + 1))
  for (const [index, step] of steps.entries()) {
    const number = index + 1
    const at = effects.clock.date().toISOString()
    const began = effects.clock.now()
    const text = describeStep(step)
    effects.say(`${label(number)}  ${text}`)
    const ended = await underOwnLock(step, await attempt(step, text, effects), effects)
    const seconds = (effects.clock.now() - began) / 1_000
    if (ended instanceof Fault) {
      records.push({ number, step, text, state: 'failed', seconds, at, result: { ok: false, text: ended.message } })
      effects.say(`      FAILED in ${seconds.toFixed(1)}s: ${ended.message}`)
      return { ended: endingOf(ended, effects), records: [...records, ...unreached()], fault: ended }
    }
    effects.results.set(step, ended)
    records.push({ number, step, text, state: ended.ok ? 'done' : 'failed', seconds, at, result: ended })
    effects.say(`      ${ended.ok ? 'done' : 'FAILED'} in ${seconds.toFixed(1)}s: ${ended.text}`)
    if (!ended.ok) return { ended: 'refused', records: [...records, ...unreached()] }
  }
  return { ended: 'complete', records }
}

/** What looks like a no, or like a conflict, is another run's work where the lock is not ours any more. */
async function underOwnLock(step: Step, ended: StepResult | Fault, effects: Effects): Promise<StepResult | Fault> {
  const isDoubtful = ended instanceof Fault ? isFault(ended, 'CONFLICT') : !ended.ok || ended.isDoubtful === true
  if (!isDoubtful || effects.signal.aborted) return ended
  for (const app of new Set(appsOf(step))) {
    const loss = await effects.loss(app).catch(() => undefined)
    if (loss !== undefined) return loss
  }
  return ended
}

/** Does one step, written down before where it changes something. Answers why not, where we could not do our job. */
async function attempt(step: Step, text: string, effects: Effects): Promise<StepResult | Fault> {
  const { signal, journals } = effects
  if (signal.aborted) return toFault(signal.reason)
  journals.at(text)
  const ending = await withGrace(begin(step, effects), effects)
  if (ending.type === 'ended') return ending.value
  if (ending.type === 'threw') return toFault(signal.aborted ? signal.reason : ending.error)
  const stopped = toFault(signal.reason)
  await giveUp(step, effects)
  return new Fault(stopped.code, `${stopped.message}, and it is not known whether "${text}" took`, {
    hint: 'Run it again: it starts from what is there.',
    cause: stopped,
  })
}

async function begin(step: Step, effects: Effects): Promise<StepResult> {
  if (writesAhead(step)) await effects.journals.intend(appsOf(step))
  return await executeStep(step, effects)
}

/** Milliseconds for the last word in the journal. */
const LAST_WORD = 1_000

/** The journal says `begun` if this does not get through any more, which is as true. */
async function giveUp(step: Step, effects: Effects): Promise<void> {
  const { journals, clock } = effects
  effects.abandon()
  await Promise.race([journals.giveUp(appsOf(step)).catch(() => undefined), clock.sleep(LAST_WORD)])
}

/** What cannot be seen is not bad: while the API server is out of reach we hold. A bug of ours is no reason to move traffic either. */
function endingOf(fault: Fault, { lost, late }: Effects): Execution['ended'] {
  if (isLoss(fault) || (lost.aborted && isFault(lost.reason, 'CONFLICT'))) return 'overtaken'
  if (late.aborted) return 'late'
  if (isFault(fault, 'CANCELLED')) return 'cancelled'
  return isFault(fault, 'UNAVAILABLE') || isFault(fault, 'BUG') ? 'blind' : 'broken'
}

function notReached(step: Step, number: number): StepRecord {
  return { number, step, text: describeStep(step), state: 'not reached', seconds: 0 }
}

function label(number: number): string {
  return String(number).padStart(2)
}
