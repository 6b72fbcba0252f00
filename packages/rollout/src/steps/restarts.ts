import { deadlineIn } from '@fairlead/base'
import { awaitPicture, follow, type KubeObject } from '@fairlead/kube'
import { backendLabels, LABELS, type Backend } from '@fairlead/traffic'
import type { Effects } from '../execute/effects.ts'
import { PODS } from '../standing/index.ts'

/** What is watched under its users. */
export interface Watched {
  readonly app: string
  readonly backend: Backend
  readonly service: string
  readonly replicas: number
}

/** Watches the Pods of a backend and tells of the first container that fails; undefined when none does until the time is over. Pods that go with their node are no failure of the release. */
export async function firstRestart({ app, backend }: Watched, duration: number, { cluster, clock, namespace, signal }: Effects): Promise<string | undefined> {
  const labelSelector = Object.entries({ ...backendLabels(backend), ...(backend.type === 'slot' ? { [LABELS.app]: app } : {}) })
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const pods = follow(cluster, { resource: PODS, namespace, labelSelector }, { clock, signal })
  const seen = new Map<string, number>()
  try {
    return await awaitPicture([pods], () => restarted(pods.objects(), seen), { clock, signal, deadline: deadlineIn(clock, duration) })
  } finally {
    pods.stop()
  }
}

interface ContainerStatus {
  readonly name: string
  readonly restartCount?: number
}

function restarted(pods: readonly KubeObject[], seen: Map<string, number>): string | undefined {
  let complaint: string | undefined
  for (const { metadata, status } of pods) {
    const { containerStatuses = [] } = (status ?? {}) as { readonly containerStatuses?: readonly ContainerStatus[] }
    for (const { name, restartCount = 0 } of containerStatuses) {
      const key = `${metadata.uid ?? ''}/${name}`
      const before = seen.get(key)
      seen.set(key, restartCount)
      if (before !== undefined && restartCount > before) complaint ??= `container ${name} of Pod ${metadata.name} restarted while users were on it`
    }
  }
  return complaint
}
