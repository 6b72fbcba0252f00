import { resolved, type StepKind } from '../execute/effects.ts'
import type { ArriveStep } from '../plan/step.ts'
import { workloadName } from '../standing/index.ts'
import { journalAccess } from './access.ts'

/** Writes down where the same release serves from now. Whoever works on the app next goes on from there: a release leaves it again, a rollback goes back to the slot. */
export const arrive: StepKind<ArriveStep> = {
  describe: ({ app, backend }) => `write down that ${app} serves from Deployment ${workloadName(app, backend)}`,
  access: ({ app }) => journalAccess(app),
  async execute({ app, backend, from }, effects) {
    await effects.journals.settle(app, ({ returning: _returning, standbyUntil: _until, previous: _previous, ...journal }) => {
      const { active } = journal
      if (active === undefined) return journal
      const before = { backend: resolved(from, app, effects), release: active.release }
      // What was made to leave with is no place to go back to.
      return { ...journal, active: { ...active, backend: resolved(backend, app, effects) }, ...(from.type === 'slot' ? { previous: before } : {}) }
    })
    return { ok: true, text: 'written down' }
  },
}
