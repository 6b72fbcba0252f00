import { moveService } from '@fairlead/traffic'
import type { StepKind } from '../execute/effects.ts'
import type { ReopenStep } from '../plan/step.ts'
import { POINTER_ACCESS } from './access.ts'
import { serviceOf } from './service.ts'

/** Gives the Service back the selector its user wrote. Only once no Pod of the candidate is left: the wider selector would reach it. */
export const reopen: StepKind<ReopenStep> = {
  describe: ({ service }) => `give Service ${service} its own selector back`,
  access: () => POINTER_ACCESS,
  async execute({ app }, { cluster, services, journals }) {
    const { adoption, rollout } = journals.of(app)
    const base = adoption?.selector ?? rollout?.selector ?? {}
    const move = await journals.nextMove(app)
    services.set(app, await moveService(cluster, serviceOf(app, services), { to: undefined, base, move }))
    return { ok: true, text: 'as its user wrote it' }
  },
}
