import type { Plan } from '../plan/plan.ts'
import type { Step } from '../plan/step.ts'
import { describeStep, undoOf } from '../steps/index.ts'

const STEP_WIDTH = 72

/** Writes a plan as the lines that are printed before anything happens: the same in the log, the summary and the tests. */
export function describePlan({ title, steps, nothing }: Plan): readonly string[] {
  if (nothing !== undefined) return [...title, `nothing to do: ${nothing}`]
  return [...title, ...steps.map((step, index) => lineOf(step, index, steps))]
}

/** A plan as data for the `plan` output: what each step does, needs and how it is taken back. */
export function planData({ title, steps, nothing }: Plan): unknown {
  return {
    title,
    steps: steps.map((step, index) => ({
      number: index + 1,
      type: step.type,
      text: describeStep(step),
      needs: needsOf(step, steps),
      undo: undoOf(step) ?? null,
    })),
    ...(nothing === undefined ? {} : { nothing }),
  }
}

function lineOf(step: Step, index: number, steps: readonly Step[]): string {
  const needs = needsOf(step, steps)
  const undo = undoOf(step)
  const tail = [...(needs.length === 0 ? [] : [`needs: ${needs.join(', ')}`]), ...(undo === undefined ? [] : [`undo: ${undo}`])].join('   ')
  const text = `${String(index + 1).padStart(2)}  ${describeStep(step)}`
  return tail === '' ? text : `${text.padEnd(STEP_WIDTH)}  ${tail}`
}

/** The numbers of the steps that must have come out well before this one. */
function needsOf(step: Step, steps: readonly Step[]): readonly number[] {
  return step.type === 'move' ? step.needs.map((needed) => steps.indexOf(needed) + 1) : []
}
