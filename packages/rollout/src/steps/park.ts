import type { StepKind } from '../execute/effects.ts'
import type { ParkStep } from '../plan/step.ts'
import { journalAccess } from './access.ts'

/** Leaves the rollout where it is, without runner and without lock. */
export const park: StepKind<ParkStep> = {
  describe: ({ at }) => `park: ${at === 'verified' ? 'verified, no traffic moved' : 'switched, what served before is kept whole'}`,
  access: ({ apps }) => apps.flatMap((app) => journalAccess(app)),
  async execute({ apps, at }, { journals }) {
    for (const app of apps) {
      await journals.settle(app, (journal) =>
        journal.rollout === undefined ? journal : { ...journal, rollout: { ...journal.rollout, step: at, state: 'parked' } },
      )
    }
    const held = apps.flatMap((app) => journals.of(app).adoption?.deployment ?? [])
    const hold = held.length === 0 ? '' : `; Deployment ${held.join(', ')} is held (paused) until then`
    return { ok: true, text: `continue with a later stop-after, or end it by a rollback${hold}` }
  },
}
