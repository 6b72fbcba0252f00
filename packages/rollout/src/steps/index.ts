import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import type { Step, StepOf, StepType } from '../plan/step.ts'
import type { AccessRule } from '@fairlead/kube'
import { apply } from './apply.ts'
import { arrive } from './arrive.ts'
import { awaitStep } from './await.ts'
import { begin } from './begin.ts'
import { budget } from './budget.ts'
import { check } from './check.ts'
import { clear } from './clear.ts'
import { empty } from './empty.ts'
import { end } from './end.ts'
import { forget } from './forget.ts'
import { handOver } from './hand-over.ts'
import { hold } from './hold.ts'
import { leave } from './leave.ts'
import { letGoStep } from './let-go.ts'
import { move } from './move.ts'
import { narrow } from './narrow.ts'
import { open } from './open.ts'
import { park } from './park.ts'
import { pin } from './pin.ts'
import { prepare } from './prepare.ts'
import { prove } from './prove.ts'
import { putBack } from './put-back.ts'
import { record } from './record.ts'
import { remove } from './remove.ts'
import { reopen } from './reopen.ts'
import { restore } from './restore.ts'
import { restoreConfig } from './restore-config.ts'
import { restorePlain } from './restore-plain.ts'
import { retire } from './retire.ts'
import { scale } from './scale.ts'
import { settle } from './settle.ts'
import { soak } from './soak.ts'

/** One room for each kind of step. */
const KINDS: { readonly [Type in StepType]: StepKind<StepOf<Type>> } = {
  pin,
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
  budget,
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
  leave,
  'restore-config': restoreConfig,
  'restore-plain': restorePlain,
  arrive,
  clear,
  open,
  forget,
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

/** Tells whether a step changes something that the journal does not say by itself. */
export function writesAhead(step: Step): boolean {
  return kindOf(step).writesAhead === true
}

/** The apps a step is about. */
export function appsOf(step: Step): readonly string[] {
  if ('app' in step) return [step.app]
  if ('apps' in step) return step.apps
  if (step.type === 'apply') return [...step.config, ...step.companions, ...step.autoscalers].map(({ app }) => app)
  return 'targets' in step ? step.targets.map(({ app }) => app) : []
}

/** Carries a step out. */
export function executeStep(step: Step, effects: Effects): Promise<StepResult> {
  return kindOf(step).execute(step, effects)
}

/** The table pairs each step with its own kind, which the compiler cannot follow through a union. */
function kindOf(step: Step): StepKind<Step> {
  return KINDS[step.type]
}
