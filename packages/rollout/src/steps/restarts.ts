import type { KubeObject } from '@fairlead/kube'

interface ContainerStatus {
  readonly name: string
  readonly restartCount?: number
}

/** Finds the first container that has restarted since it was first seen, in words; remembers in `seen` what is new. Pods that go with their node are no failure of the release. */
export function restartIn(pods: readonly KubeObject[], seen: Map<string, number>): string | undefined {
  const containers = pods.flatMap(({ metadata, status }) =>
    statusesOf(status).map((container) => ({ ...container, pod: metadata.name, key: `${metadata.uid ?? ''}/${container.name}` })),
  )
  const failed = containers.find(({ key, restartCount = 0 }) => restartCount > (seen.get(key) ?? restartCount))
  for (const { key, restartCount = 0 } of containers) seen.set(key, restartCount)
  return failed === undefined ? undefined : `container ${failed.name} of Pod ${failed.pod} restarted while users were on it`
}

/** Sidecars that keep running are init containers to the API. */
function statusesOf(status: unknown): readonly ContainerStatus[] {
  const { containerStatuses = [], initContainerStatuses = [] } = (status ?? {}) as Readonly<Record<string, readonly ContainerStatus[] | undefined>>
  return [...initContainerStatuses, ...containerStatuses]
}
