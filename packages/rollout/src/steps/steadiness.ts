import { isReady } from '@fairlead/health'
import type { KubeObject } from '@fairlead/kube'

interface ContainerStatus {
  readonly name: string
  readonly restartCount?: number
}

/** Milliseconds for which a Pod that users are on may be not ready, once: longer, or again, is a failure of the release. */
const FORGIVEN = 3_000

/** Remembers Pods that users are on from look to look, and says when one of them fails. Pods that are being taken away are nobody's failure. */
export class Steadiness {
  readonly #restarts = new Map<string, number>()
  readonly #wasReady = new Set<string>()
  readonly #unreadySince = new Map<string, number>()
  readonly #flaps = new Map<string, number>()

  /** The first thing that is wrong since the look before, in words. */
  look(pods: readonly KubeObject[], now: number): string | undefined {
    const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    return this.#restarted(staying) ?? this.#unready(staying, now)
  }

  #restarted(pods: readonly KubeObject[]): string | undefined {
    const containers = pods.flatMap((pod) =>
      statusesOf(pod).map((container) => ({ ...container, pod: pod.metadata.name, key: `${pod.metadata.uid ?? ''}/${container.name}` })),
    )
    const failed = containers.find(({ key, restartCount = 0 }) => restartCount > (this.#restarts.get(key) ?? restartCount))
    for (const { key, restartCount = 0 } of containers) this.#restarts.set(key, restartCount)
    return failed === undefined ? undefined : `container ${failed.name} of Pod ${failed.pod} restarted while users were on it`
  }

  #unready(pods: readonly KubeObject[], now: number): string | undefined {
    const failing = pods.map((pod) => this.#note(pod, now)).filter((text) => text !== undefined)
    return failing[0]
  }

  #note(pod: KubeObject, now: number): string | undefined {
    const { uid = '', name } = pod.metadata
    if (isReady(pod)) {
      this.#wasReady.add(uid)
      this.#unreadySince.delete(uid)
      return undefined
    }
    if (!this.#wasReady.has(uid)) return undefined
    if (!this.#unreadySince.has(uid)) {
      this.#unreadySince.set(uid, now)
      this.#flaps.set(uid, (this.#flaps.get(uid) ?? 0) + 1)
    }
    const isOver = now - (this.#unreadySince.get(uid) ?? now) > FORGIVEN || (this.#flaps.get(uid) ?? 0) > 1
    return isOver ? `Pod ${name} stopped being ready while users were on it` : undefined
  }
}

/** Sidecars that keep running are init containers to the API. */
function statusesOf({ status }: KubeObject): readonly ContainerStatus[] {
  const { containerStatuses = [], initContainerStatuses = [] } = (status ?? {}) as Readonly<Record<string, readonly ContainerStatus[] | undefined>>
  return [...initContainerStatuses, ...containerStatuses]
}
