import type { StepKind } from '../execute/effects.ts'
import type { Journal, Pin } from '../journal/index.ts'
import type { PinStep } from '../plan/step.ts'
import { journalAccess } from './access.ts'

/** Writes down, before traffic moves, that a release is not to be released again. A pin of the same release that is there already is kept as it is. */
export const pin: StepKind<PinStep> = {
  describe: ({ app, pin: { release, reason } }) => `pin release ${release} of ${app}, so that it is not released again: ${reason}`,
  access: ({ app }) => journalAccess(app),
  async execute({ app, pin: wanted }, { journals, clock }) {
    const at = clock.date().toISOString()
    await journals.write(app, (journal) => pinned(journal, { ...wanted, at }))
    return { ok: true, text: `pin ${wanted.id} by ${wanted.actor}` }
  },
}

/** What was pinned before stays so. */
function pinned(journal: Journal, wanted: Pin): Journal {
  const { pin: before, olderPins = [] } = journal
  if (before === undefined) return { ...journal, pin: wanted }
  return before.id === wanted.id ? journal : { ...journal, pin: wanted, olderPins: [before, ...olderPins.filter(({ id }) => id !== wanted.id)] }
}
