import type { Problem } from '@fairlead/base'
import { describeObject, selects, valueAt, type KubeObject } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import type { AppRelease } from '../release/index.ts'
import { selectorIn, type Standing } from '../standing/index.ts'

/**
 * Other Services that select the Pods of the app: they would lead users to a candidate as soon as it is ready, whatever is proven of it. A headless one, as monitoring uses, is
 * only noted: nothing balances users over it.
 */
export function neighbourProblems(standing: Standing, release: AppRelease): readonly Problem[] {
  return openNeighbours(standing, release)
    .filter((service) => !isHeadless(service))
    .map((service) => ({
      message: `${describeObject(service)}: also leads to the Pods of ${release.app}, expected only ${standing.serviceName} to, since it would lead users to Pods nobody has verified`,
      hint: `Give it a selector of its own, or one slot: add ${LABELS.slot} to it and move it yourself; or take it away.`,
    }))
}

/** Headless Services that see the Pods of both slots. */
export function neighbourNotes(standing: Standing, release: AppRelease): readonly string[] {
  return openNeighbours(standing, release)
    .filter(isHeadless)
    .map((service) => `${describeObject(service)} is headless and lists the Pods of both slots, verified or not`)
}

function openNeighbours({ neighbours }: Standing, { template }: AppRelease): readonly KubeObject[] {
  return neighbours.filter((service) => {
    const selector = selectorIn(service)
    return Object.keys(selector).length > 0 && selector[LABELS.slot] === undefined && selects({ matchLabels: selector }, template.metadata?.labels)
  })
}

function isHeadless(service: KubeObject): boolean {
  return valueAt(service, ['spec', 'clusterIP']) === 'None'
}
