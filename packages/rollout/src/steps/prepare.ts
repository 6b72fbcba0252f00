import { SUITE } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'
import type { StepKind } from '../execute/effects.ts'
import { shortReference } from '@fairlead/image'
import type { PrepareStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS } from './access.ts'
import { remember, scaleDeployment } from './scaling.ts'

/** Puts a release into a slot. Its replicas are a field of their own, with a manager of its own: an apply that stopped naming them would set them to 1. */
export const prepare: StepKind<PrepareStep> = {
  describe: ({ deployment, replicas }) =>
    `apply Deployment ${deployment.metadata.name} with ${imagesOf(deployment)}, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}`,
  undo: ({ deployment, isNew }) => (isNew ? `delete ${deployment.metadata.name}` : `scale ${deployment.metadata.name} to 0, put back what it held`),
  access: () => [...DEPLOYMENT_ACCESS, { group: 'apps', resource: 'deployments', verbs: ['create'] }],
  async execute({ deployment, replicas, isNew, force }, effects) {
    const { cluster, generations } = effects
    const options = { manager: SUITE.fieldManager, force }
    const { name } = deployment.metadata
    if (!isNew) {
      await cluster.apply(deployment, options)
      await scaleDeployment(name, replicas, effects)
      return { ok: true, text: `${replicas} asked for` }
    }
    await cluster.apply(withReplicas(deployment, replicas), options)
    await scaleDeployment(name, replicas, effects)
    remember(await cluster.apply(deployment, options), generations)
    return { ok: true, text: `made, ${replicas} asked for` }
  },
}

function withReplicas(deployment: KubeObject, replicas: number): KubeObject {
  return { ...deployment, spec: { ...(deployment.spec as object), replicas } }
}

function imagesOf({ spec }: KubeObject): string {
  const { template } = spec as { readonly template: { readonly spec: { readonly containers: readonly { readonly image?: string }[] } } }
  return template.spec.containers.map(({ image = '(none)' }) => shortReference(image)).join(', ')
}
