import { SUITE } from '@fairlead/base'
import type { StepKind } from '../execute/effects.ts'
import type { PutBackStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS } from './access.ts'

/** Puts back what a slot held before, at zero replicas. Forced: it was all ours before. */
export const putBack: StepKind<PutBackStep> = {
  describe: ({ before }) => `put back what ${before.metadata.name} held before`,
  access: () => DEPLOYMENT_ACCESS,
  async execute({ before }, { cluster }) {
    await cluster.apply(before, { manager: SUITE.fieldManager, force: true })
    return { ok: true, text: 'the way back is as it was' }
  },
}
