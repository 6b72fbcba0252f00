import { describeReference, valueAt } from '@fairlead/kube'
import { POINTER_MANAGER, SLOTS } from '@fairlead/traffic'
import { slotName } from '../release/index.ts'
import type { StepKind } from '../execute/effects.ts'
import type { HandOverStep } from '../plan/step.ts'
import { AUTOSCALERS, workloadName } from '../standing/index.ts'

/** Points the autoscaler at the Deployment that serves. One HPA follows the pointer, so no two ever share Pods. */
export const handOver: StepKind<HandOverStep> = {
  describe: ({ app, autoscaler, to }) => `point HPA ${autoscaler} at ${workloadName(app, to)}`,
  undo: ({ app, from }) => (from === undefined ? '-' : `point it back at ${workloadName(app, from)}`),
  writesAhead: true,
  access: ({ autoscaler }) => [{ group: 'autoscaling', resource: 'horizontalpodautoscalers', verbs: ['get', 'patch'], names: [autoscaler] }],
  async execute({ app, autoscaler, to }, { cluster, namespace }) {
    const reference = { resource: AUTOSCALERS, namespace, name: autoscaler }
    const name = workloadName(app, to)
    const live = await cluster.get(reference)
    if (live === undefined) return { ok: true, text: `${describeReference(reference)} is gone: nothing scales the app any more` }
    const target = valueAt(live, ['spec', 'scaleTargetRef', 'name'])
    if (target === name) return { ok: true, text: name }
    if (![app, ...SLOTS.map((slot) => slotName(app, slot))].includes(String(target))) {
      return { ok: true, text: `${describeReference(reference)} was pointed at ${String(target)} by somebody else, and is left there` }
    }
    const pointed = [
      { op: 'test' as const, path: '/spec/scaleTargetRef/name', value: target },
      { op: 'replace' as const, path: '/spec/scaleTargetRef/name', value: name },
    ]
    await cluster.patch(reference, pointed, { manager: POINTER_MANAGER })
    return { ok: true, text: name }
  },
}
