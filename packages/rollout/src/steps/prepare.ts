import { SUITE } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'
import type { StepKind } from '../execute/effects.ts'
import { shortReference } from '@fairlead/image'
import type { PrepareStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS } from './access.ts'
import { applyFenced, makeFenced } from './fenced.ts'
import { scaleSlot } from './scaling.ts'

/** Puts a release into a slot. Its replicas are a field of their own, with a manager of its own: an apply that stopped naming them would set them to 1. */
export const prepare: StepKind<PrepareStep> = {
  describe: ({ deployment, replicas }) =>
    `apply Deployment ${deployment.metadata.name} with ${imagesOf(deployment)}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
  undo: ({ deployment, isNew }) => (isNew ? `delete ${deployment.metadata.name}` : `scale ${deployment.metadata.name} to 0, put back what it held`),
  access: () => [...DEPLOYMENT_ACCESS, { group: 'apps', resource: 'deployments', verbs: ['create'] }],
  writesAhead: true,
  async execute({ app, slot, deployment, replicas, isNew, force }, effects) {
    const applying = { options: { manager: SUITE.fieldManager, force }, effects }
    const scaling = { replicas, effects }
    if (!isNew) {
      await applyFenced(deployment, app, applying)
      await scaleSlot(app, slot, scaling)
      return { ok: true, text: `${replicas} asked for` }
    }
    await makeFenced(deployment, app, applying)
    await scaleSlot(app, slot, scaling)
    return { ok: true, text: `made, ${replicas} asked for` }
  },
}

function imagesOf({ spec }: KubeObject): string {
  const { template } = spec as { readonly template: { readonly spec: { readonly containers: readonly { readonly image?: string }[] } } }
  return template.spec.containers.map(({ image = '(none)' }) => shortReference(image)).join(', ')
}
