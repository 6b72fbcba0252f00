import type { StepKind } from '../execute/effects.ts'
import type { EndStep } from '../plan/step.ts'
import { journalAccess } from './access.ts'

/** Ends a rollout that was taken back. An app that has never been released keeps no journal: nothing of ours is left. */
export const end: StepKind<EndStep> = {
  describe: ({ app }) => `write down that the rollout of ${app} was taken back`,
  access: ({ app }) => journalAccess(app, ['delete']),
  async execute({ app }, { journals }) {
    const { rollout, adoption, ...rest } = journals.of(app)
    // A number that was refused is not given again: the log would tell two stories under one name.
    const last = Math.max(rest.last, rollout?.release.number ?? 0)
    const isAdopted = adoption !== undefined && rest.active !== undefined
    if (rest.active === undefined) await journals.remove(app)
    else await journals.settle(app, () => ({ ...rest, last, ...(isAdopted ? { adoption } : {}) }))
    return { ok: true, text: rest.active === undefined ? 'nothing of ours is left' : `release ${rest.active.release.number} serves as before` }
  },
}
