import { selectorText, type KubeObject } from '@fairlead/kube'
import { appLabels, backendLabels } from '@fairlead/traffic'
import { resolved, type Effects } from '../execute/effects.ts'
import { PODS, workloadName } from '../standing/index.ts'
import type { AwaitTarget } from '../plan/step.ts'

interface RunningContainer {
  readonly name: string
  readonly image?: string
  readonly imageID?: string
}

/**
 * Says what is wrong when Pods of one backend run different images under the same tag, because it was pushed again while they were being made. A tag proves nothing about what runs:
 * where the template names no digest, all Pods must report the same one, and it is what is written down.
 */
export async function disagreeingImages(targets: readonly AwaitTarget[], effects: Effects): Promise<string | undefined> {
  for (const target of targets.filter(({ pinned }) => pinned === false)) {
    const containers = await runningContainers(target, effects)
    const names = [...new Set(containers.map(({ name }) => name))]
    const digests = names.map((name) => [...new Set(containers.filter((each) => each.name === name).map(({ imageID = '' }) => digestIn(imageID)))])
    const odd = names.find((_, index) => (digests[index]?.length ?? 0) > 1)
    if (odd !== undefined) {
      return `container ${odd} of ${workloadName(target.app, target.backend)} runs ${digests[names.indexOf(odd)]?.join(' and ') ?? ''} under one tag, expected one image; name it by digest`
    }
    effects.running.set(target.app, [...new Set(containers.map(({ image = '', imageID = '' }) => named(image, digestIn(imageID))))])
  }
  return undefined
}

async function runningContainers({ app, backend }: AwaitTarget, effects: Effects): Promise<readonly RunningContainer[]> {
  const labelSelector = selectorText({ matchLabels: appLabels(backendLabels(resolved(backend, app, effects)), app, backend) })
  const { items } = await effects.cluster.list({ resource: PODS, namespace: effects.namespace, labelSelector })
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).flatMap(statusesOf)
}

function statusesOf({ status }: KubeObject): readonly RunningContainer[] {
  return ((status ?? {}) as { readonly containerStatuses?: readonly RunningContainer[] }).containerStatuses ?? []
}

/** Runtimes write `registry/name@sha256:...`, some only the digest. */
function digestIn(imageID: string): string {
  return /sha256:[0-9a-f]{64}$/.exec(imageID)?.[0] ?? imageID
}

function named(image: string, digest: string): string {
  return digest.startsWith('sha256:') && !image.includes('@') ? `${image}@${digest}` : image
}
