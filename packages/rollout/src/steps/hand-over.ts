import { describeReference, type Resource } from '@fairlead/kube'
import { isFault } from '@fairlead/base'
import { POINTER_MANAGER } from '@fairlead/traffic'
import type { StepKind } from '../execute/effects.ts'
import type { HandOverStep } from '../plan/step.ts'
import { workloadName } from '../standing/index.ts'

const AUTOSCALERS: Resource = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', namespaced: true }

/** Points the autoscaler at the Deployment that serves. One HPA follows the pointer, so no two ever share Pods. */
export const handOver: StepKind<HandOverStep> = {
  describe: ({ app, autoscaler, to }) => `point HPA ${autoscaler} at ${workloadName(app, to)}`,
  undo: ({ app, from }) => (from === undefined ? '-' : `point it back at ${workloadName(app, from)}`),
  access: ({ autoscaler }) => [{ group: 'autoscaling', resource: 'horizontalpodautoscalers', verbs: ['get', 'patch'], names: [autoscaler] }],
  async execute({ app, autoscaler, to }, { cluster, namespace }) {
    const reference = { resource: AUTOSCALERS, namespace, name: autoscaler }
    const name = workloadName(app, to)
    try {
      await cluster.patch(reference, [{ op: 'replace', path: '/spec/scaleTargetRef/name', value: name }], { manager: POINTER_MANAGER })
    } catch (error) {
      if (!isFault(error, 'NOT_FOUND')) throw error
      return { ok: true, text: `${describeReference(reference)} is gone: nothing scales the app any more` }
    }
    return { ok: true, text: name }
  },
}
