import type { AccessRule } from '@fairlead/kube'
import type { Creation, Rollout } from '../journal/index.ts'
import type { StepKind } from '../execute/effects.ts'
import { slotName } from '../release/index.ts'
import type { BeginStep } from '../plan/step.ts'
import { journalAccess } from './access.ts'

/** Makes the rollout findable before anything else is touched, with all that the way back needs. */
export const begin: StepKind<BeginStep> = {
  describe: ({ app, release, slot }) => `write down that release ${release.number} of ${app} is on its way to ${slot}`,
  // A journal is created by a request that carries no name, so the right to cannot be limited to one.
  access: ({ app }): readonly AccessRule[] => [...journalAccess(app, ['delete']), { group: '', resource: 'configmaps', verbs: ['create'] }],
  async execute(step, { journals, clock }) {
    const { app, release, slot, from, selector, before, adopts, restores, order } = step
    const created: readonly Creation[] = before === undefined ? [{ apiVersion: 'apps/v1', kind: 'Deployment', name: slotName(app, slot) }] : []
    const rollout: Rollout = {
      release: { ...release, at: clock.date().toISOString() },
      slot,
      ...(from === undefined ? {} : { from }),
      ...(selector === undefined ? {} : { selector }),
      ...(before === undefined ? {} : { before }),
      created,
      ...(order === undefined ? {} : { order }),
      step: 'begin',
      state: 'running',
      moving: false,
      ...(restores === undefined ? {} : { restores }),
    }
    await journals.write(app, (journal) => ({
      ...journal,
      rollout,
      ...(adopts === undefined ? {} : { adoption: { ...adopts, selector: selector ?? {} } }),
    }))
    return { ok: true, text: `release ${release.number}` }
  },
}
