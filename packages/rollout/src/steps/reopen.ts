import { isFault } from '@fairlead/base'
import { moveService } from '@fairlead/traffic'
import type { StepKind } from '../execute/effects.ts'
import type { ReopenStep } from '../plan/step.ts'
import { POINTER_ACCESS } from './access.ts'

/**
 * Gives the Service back the selector its user wrote. Only once no Pod of the candidate is left: the wider selector would reach it. The move label stays: it is what a run that was overtaken
 * and still has a write on its way meets.
 */
export const reopen: StepKind<ReopenStep> = {
  describe: ({ service }) => `give Service ${service} its own selector back`,
  writesAhead: true,
  access: () => POINTER_ACCESS,
  async execute({ app }, effects) {
    const { cluster, services, journals } = effects
    const service = services.get(app)
    if (service === undefined) return { ok: true, text: 'the Service is gone' }
    const { adoption, rollout } = journals.of(app)
    // What was there when this rollout began; an adoption that never arrived began with the user's own.
    const base = rollout?.selector ?? adoption?.selector ?? {}
    const move = journals.nextMove(app)
    try {
      services.set(app, await moveService(cluster, service, { to: undefined, base, move }))
    } catch (error) {
      if (!isFault(error, 'NOT_FOUND')) throw error
      return { ok: true, text: 'the Service is gone' }
    }
    return { ok: true, text: 'as its user wrote it' }
  },
}
