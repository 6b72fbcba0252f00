import type { StepKind } from '../execute/effects.ts'
import type { LetGoStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS } from './access.ts'
import { deploymentReference } from './deployment.ts'
import { letGo } from './hold.ts'

/** Lets the user's own Deployment roll again. */
export const letGoStep: StepKind<LetGoStep> = {
  describe: ({ deployment }) => `let Deployment ${deployment} go again`,
  access: () => DEPLOYMENT_ACCESS,
  async execute({ deployment }, effects) {
    const isOurs = await letGo(deploymentReference(effects.namespace, deployment), effects)
    return { ok: true, text: isOurs ? 'not paused any more' : 'it is not held by us (any more)' }
  },
}
