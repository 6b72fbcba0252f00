import { isFault, toFault, type Fault } from '@fairlead/base'
import type { Step } from '../plan/step.ts'
import { describeStep, executeStep } from '../steps/index.ts'
import type { Effects, StepResult } from './effects.ts'

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
 * `blind`: the API server is out of reach, or we were stopped; nothing is concluded from that.
 */
export interface Execution {
  readonly ended: 'complete' | 'refused' | 'broken' | 'blind' | 'cancelled'
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
    effects.say(`${label(number)}  ${describeStep(step)}`)
    try {
      effects.signal.throwIfAborted()
      const result = await executeStep(step, effects)
      const seconds = (effects.clock.now() - began) / 1_000
      effects.results.set(step, result)
      records.push({ number, step, text: describeStep(step), state: result.ok ? 'done' : 'failed', seconds, at, result })
      effects.say(`      ${result.ok ? 'done' : 'FAILED'} in ${seconds.toFixed(1)}s: ${result.text}`)
      if (!result.ok) return { ended: 'refused', records: [...records, ...unreached()] }
    } catch (error) {
      const fault = toFault(effects.signal.aborted ? effects.signal.reason : error)
      const seconds = (effects.clock.now() - began) / 1_000
      records.push({ number, step, text: describeStep(step), state: 'failed', seconds, at, result: { ok: false, text: fault.message } })
      effects.say(`      FAILED in ${seconds.toFixed(1)}s: ${fault.message}`)
      return { ended: endingOf(fault), records: [...records, ...unreached()], fault }
    }
  }
  return { ended: 'complete', records }
}

/** What cannot be seen is not bad: while the API server is out of reach we hold. A bug of ours is no reason to move traffic either. */
function endingOf(fault: Fault): Execution['ended'] {
  if (isFault(fault, 'CANCELLED')) return 'cancelled'
  return isFault(fault, 'UNAVAILABLE') || isFault(fault, 'BUG') ? 'blind' : 'broken'
}

function notReached(step: Step, number: number): StepRecord {
  return { number, step, text: describeStep(step), state: 'not reached', seconds: 0 }
}

function label(number: number): string {
  return String(number).padStart(2)
}
