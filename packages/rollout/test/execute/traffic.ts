import { selects, valueAt, type KubeObject, type StringMap } from '@fairlead/kube'

/** The Pods that a Service's selector leads to, as the data plane would: no selector leads nowhere. */
export function servedPods(objects: readonly KubeObject[], service: string): readonly KubeObject[] {
  const found = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === service)
  const selector = (valueAt(found, ['spec', 'selector']) ?? {}) as StringMap
  if (Object.keys(selector).length === 0) return []
  return objects.filter(({ kind, metadata }) => kind === 'Pod' && selects({ matchLabels: selector }, metadata.labels))
}

/** Tells whether a Pod is ready. */
export function isHealthyPod(pod: KubeObject): boolean {
  return valueAt(pod, ['status', 'conditions', 0, 'status']) === 'True'
}

/** The slot Deployment a Pod is of; `own` for a user's. */
export function slotOf({ metadata: { labels = {} } }: KubeObject): string {
  const slot = labels['fairlead.dev/slot']
  return slot === undefined ? 'own' : `${labels['fairlead.dev/app'] ?? ''}-${slot}`
}
