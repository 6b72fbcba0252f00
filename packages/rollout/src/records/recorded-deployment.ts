import type { KubeObject, StringMap } from '@fairlead/kube'
import { readIdentity, readSlotDeployment, type AppRelease } from '../release/index.ts'

/** Everything of a release that is needed to put it into either slot again. */
export type RecordedDeployment = Pick<AppRelease, 'identity' | 'images' | 'template' | 'selector' | 'deployment' | 'labels' | 'annotations' | 'replicas'>

/** Takes it out of a release. */
export function deploymentOf({ identity, images, template, selector, deployment, labels, annotations, replicas }: AppRelease): RecordedDeployment {
  return { identity, images, template, selector, deployment, labels, annotations, replicas }
}

/** Takes it out of the Deployment of a slot, where the release itself is not at hand: as the API server has filled it in. */
export function deploymentInSlot(live: KubeObject): RecordedDeployment {
  const { replicas = 1 } = (live.spec ?? {}) as { readonly replicas?: number }
  return { ...readSlotDeployment(live), identity: readIdentity(live) ?? '', replicas }
}

/** A release as it is put into a slot again. */
export function releaseAgain(app: string, deployment: RecordedDeployment): AppRelease {
  return { ...deployment, app, config: [], notes: [] }
}

/** Labels of a recorded Pod template. */
export function podLabelsOf({ template }: RecordedDeployment): StringMap {
  return template.metadata?.labels ?? {}
}
