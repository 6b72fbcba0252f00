import type { Problem } from '@fairlead/base'
import { describeObject, type KubeObject } from '@fairlead/kube'

/** Who would revert us, by the marks they leave on what they manage. */
const MARKS: readonly { readonly who: string; readonly key: string; readonly in: 'labels' | 'annotations' }[] = [
  { who: 'Argo CD', key: 'argocd.argoproj.io/tracking-id', in: 'annotations' },
  { who: 'Argo CD', key: 'argocd.argoproj.io/instance', in: 'labels' },
  { who: 'Flux', key: 'kustomize.toolkit.fluxcd.io/name', in: 'labels' },
  { who: 'Flux', key: 'helm.toolkit.fluxcd.io/name', in: 'labels' },
]

/** Objects that a GitOps controller owns: it would take every write of ours back. Autoscalers that another controller writes are among them. */
export function ownerProblems(objects: readonly (KubeObject | undefined)[]): readonly Problem[] {
  return objects.flatMap((object) => {
    if (object === undefined) return []
    const owner = MARKS.find((mark) => object.metadata[mark.in]?.[mark.key] !== undefined)
    if (owner !== undefined) {
      return [
        {
          message: `${describeObject(object)}: is owned by ${owner.who}, which would revert every change, expected an object that nobody syncs, got ${owner.key}`,
          hint: 'Use bump-chart-tag and health-check with it, or take the object out of its care.',
        },
      ]
    }
    const controller = object.kind === 'HorizontalPodAutoscaler' ? object.metadata.ownerReferences?.find((each) => each.controller === true) : undefined
    if (controller === undefined) return []
    return [
      {
        message: `${describeObject(object)}: is written by ${controller.kind} ${controller.name}, which would point it back, expected an HPA of its own`,
        hint: `Pause or remove ${controller.kind} ${controller.name}, or scale the app by an HPA.`,
      },
    ]
  })
}
