import { SUITE } from '@fairlead/base'
import type { StepKind } from '../execute/effects.ts'
import type { PutBackStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS } from './access.ts'
import { applyFenced } from './fenced.ts'

/** Puts back what a slot held before, at zero replicas. Forced: it was all ours before. */
export const putBack: StepKind<PutBackStep> = {
  describe: ({ before }) => `put back what ${before.metadata.name} held before`,
  writesAhead: true,
  access: () => DEPLOYMENT_ACCESS,
  async execute({ app, before }, effects) {
    await applyFenced(before, app, { options: { manager: SUITE.fieldManager, force: true }, effects })
    return { ok: true, text: 'the way back is as it was' }
  },
}
