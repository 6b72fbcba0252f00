import type { KubeObject } from '@fairlead/kube'
import type { AppRelease, Release } from '../release/index.ts'
import { activeOf, type Standing } from '../standing/index.ts'

/**
 * How many Pods a candidate begins with: as many as serve now where an autoscaler decides or nobody says, otherwise what the manifest asks for.
 * An autoscaler's least is kept either way.
 */
export function candidateReplicas(standing: Standing, app: AppRelease, { autoscalers }: Pick<Release, 'autoscalers'>): number {
  const live = liveReplicas(standing)
  const scaler = autoscalers.find((each) => each.app === app.app)?.manifest.object ?? standing.autoscaler
  if (scaler === undefined) return app.replicas ?? live ?? 1
  return Math.max(live ?? app.replicas ?? 1, leastOf(scaler))
}

/** The Pods that are asked for where users are now; undefined where nobody serves. */
function liveReplicas(standing: Standing): number | undefined {
  const wanted = (activeOf(standing)?.workload ?? standing.plain)?.wanted ?? 0
  return wanted < 1 ? undefined : wanted
}

function leastOf({ spec }: KubeObject): number {
  return (spec as { readonly minReplicas?: number } | undefined)?.minReplicas ?? 1
}
