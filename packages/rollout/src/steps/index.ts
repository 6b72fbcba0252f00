import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import type { Step, StepOf, StepType } from '../plan/step.ts'
import type { AccessRule } from '@fairlead/kube'
import { apply } from './apply.ts'
import { awaitStep } from './await.ts'
import { begin } from './begin.ts'
import { check } from './check.ts'
import { empty } from './empty.ts'
import { end } from './end.ts'
import { handOver } from './hand-over.ts'
import { hold } from './hold.ts'
import { letGoStep } from './let-go.ts'
import { move } from './move.ts'
import { narrow } from './narrow.ts'
import { park } from './park.ts'
import { prepare } from './prepare.ts'
import { prove } from './prove.ts'
import { putBack } from './put-back.ts'
import { record } from './record.ts'
import { remove } from './remove.ts'
import { reopen } from './reopen.ts'
import { restore } from './restore.ts'
import { retire } from './retire.ts'
import { scale } from './scale.ts'
import { settle } from './settle.ts'
import { soak } from './soak.ts'

/** One room for each kind of step. */
const KINDS: { readonly [Type in StepType]: StepKind<StepOf<Type>> } = {
  begin,
  hold,
  narrow,
  apply,
  empty,
  prepare,
  scale,
  await: awaitStep,
  check,
  move,
  prove,
  'hand-over': handOver,
  settle,
  soak,
  park,
  record,
  retire,
  reopen,
  'let-go': letGoStep,
  'put-back': putBack,
  remove,
  restore,
  end,
}

/** The step in one line. */
export function describeStep(step: Step): string {
  return kindOf(step).describe(step)
}

/** How a step is taken back; undefined where nothing is to be taken back. */
export function undoOf(step: Step): string | undefined {
  return kindOf(step).undo?.(step)
}

/** The rights a step needs. */
export function accessOf(step: Step): readonly AccessRule[] {
  return kindOf(step).access(step)
}

/** Carries a step out. */
export function executeStep(step: Step, effects: Effects): Promise<StepResult> {
  return kindOf(step).execute(step, effects)
}

/** The table pairs each step with its own kind, which the compiler cannot follow through a union. */
function kindOf(step: Step): StepKind<Step> {
  return KINDS[step.type]
}
