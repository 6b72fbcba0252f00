import type { Branch } from './diagnosis.ts'

/** Where a Pod is. */
export interface PodName {
  readonly namespace: string
  readonly name: string
}

/** The healthy Pods of a branch of what a wait has seen: those that take requests. */
export function healthyPods({ subject, health, branches }: Branch): readonly PodName[] {
  const self = subject.kind === 'Pod' && health.status === 'Healthy' ? [{ namespace: subject.namespace ?? '', name: subject.name }] : []
  return [...self, ...branches.flatMap(healthyPods)]
}
