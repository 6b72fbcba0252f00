import { isFault, SUITE } from '@fairlead/base'
import { describeObject } from '@fairlead/kube'
import type { StepKind } from '../execute/effects.ts'
import type { RestoreStep } from '../plan/step.ts'
import { objectAccess } from './access.ts'
import { isBudget } from '../standing/index.ts'
import { applyBudget } from './budget.ts'

/** Gives objects that accompanied a release back what they had before. What somebody else has changed since is theirs, and named. */
export const restore: StepKind<RestoreStep> = {
  describe: ({ changed }) => `give ${changed.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')} back what it had`,
  writesAhead: true,
  access: ({ changed }) => changed.flatMap((object) => objectAccess(object, ['patch'])),
  async execute({ changed }, effects) {
    const { cluster } = effects
    const left: string[] = []
    for (const object of changed) {
      try {
        if (isBudget(object)) await applyBudget(object, { live: undefined, force: false }, effects)
        else await cluster.apply(object, { manager: SUITE.fieldManager })
      } catch (error) {
        if (!isFault(error, 'CONFLICT')) throw error
        left.push(describeObject(object))
      }
    }
    const others = left.length === 0 ? '' : `; somebody else has changed ${left.join(', ')} since, which is left as it is`
    return { ok: true, text: `${changed.length - left.length} as before${others}` }
  },
}
