import type { StepKind } from '../execute/effects.ts'
import type { LeaveStep } from '../plan/step.ts'
import { journalAccess } from './access.ts'

/** Writes down what is the user's own. A way back to the Deployment from before ends here: it is about to run something else. */
export const leave: StepKind<LeaveStep> = {
  describe: ({ app }) => `write down that ${app} is on its way out, and what of it is its user's own`,
  access: ({ app }) => journalAccess(app, ['delete']),
  async execute({ app, selector, uid = '', replicas }, { journals }) {
    await journals.write(app, ({ previous, ...journal }) => ({
      ...journal,
      ...(previous === undefined || previous.backend.type === 'adopted' ? {} : { previous }),
      adoption: { deployment: app, uid, selector, replicas },
    }))
    return { ok: true, text: 'written down' }
  },
}
