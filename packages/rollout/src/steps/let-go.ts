import type { KubeObject, ObjectReference } from '@fairlead/kube'
import { describeOwner, fieldOwners } from '@fairlead/traffic'
import type { Effects, StepKind } from '../execute/effects.ts'
import type { LetGoStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS } from './access.ts'
import { deploymentReference, replicaSetsOf } from './deployment.ts'
import { hasTemplateOf, letGo } from './hold.ts'

/** Who has edited the template while the Deployment was held: what they wrote rolls as soon as it is let go. */
async function editedBy(reference: ObjectReference, { cluster }: Effects): Promise<string | undefined> {
  const held = await cluster.get(reference)
  if (held === undefined) return undefined
  const sets = await replicaSetsOf(cluster, held)
  if (sets.some((set) => isInhabited(set) && hasTemplateOf(set, held))) return undefined
  const [writer] = fieldOwners(held, ['spec', 'template'])
  return writer === undefined ? 'somebody' : describeOwner(writer)
}

function isInhabited({ spec }: KubeObject): boolean {
  return ((spec as { readonly replicas?: number } | undefined)?.replicas ?? 0) > 0
}

/** Lets the user's own Deployment roll again. */
export const letGoStep: StepKind<LetGoStep> = {
  describe: ({ deployment }) => `let Deployment ${deployment} go again`,
  writesAhead: true,
  access: () => DEPLOYMENT_ACCESS,
  async execute({ app, deployment }, effects) {
    const reference = deploymentReference(effects.namespace, deployment)
    const editor = await editedBy(reference, effects)
    const isOurs = await letGo(app, reference, effects)
    if (!isOurs) return { ok: true, text: 'it is not held by us (any more)' }
    return {
      ok: true,
      text: editor === undefined ? 'not paused any more' : `not paused any more; ${editor} has edited its template meanwhile, which rolls now`,
    }
  },
}
