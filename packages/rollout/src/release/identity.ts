import { isMap, type KubeObject } from '@fairlead/kube'
import { contentDigest } from './config-content.ts'
import { digestOf } from './digest.ts'
import { mapAt, without } from './fields.ts'
import type { AppRelease, Release } from './release.ts'

/** What makes one release of an app another one. */
export interface IdentityParts extends Pick<AppRelease, 'template' | 'selector' | 'deployment' | 'labels' | 'config' | 'service'> {
  /** The HPAs that scale it, as the release brings them. */
  readonly autoscalers: readonly KubeObject[]
}

/**
 * The identity of what was rendered: template with its images, selector, Deployment, labels, the content of copied configuration, the Service's spec, autoscalers' specs.
 *
 * Replicas and annotations of the Deployment are not part of it, since autoscalers and pipelines change them between runs, nor is anything of the run, the slot or the cluster.
 * Companions have an identity of their own.
 */
export function identityOf(parts: IdentityParts): string {
  const { template, selector, deployment, labels, config, service, autoscalers } = parts
  return digestOf({
    template,
    selector,
    deployment: without(deployment, 'replicas'),
    labels,
    config: config.map(contentDigest).toSorted(),
    service: service && { spec: mapAt(service.object, 'spec'), selector: service.selector },
    autoscalers: autoscalers.map(({ spec }) => digestOf(spec)).toSorted(),
  })
}

/** The identity of all that accompanies a release: whole objects without their status, in whatever order. */
export function companionsIdentity({ companions }: Pick<Release, 'companions'>): string {
  return digestOf(companions.map(({ object }) => digestOf(isMap(object) ? without(object, 'status') : object)).toSorted())
}

/** The same release of one app with its identity computed again, as after a change of its images. */
export function identified(app: Omit<AppRelease, 'identity'>, autoscalers: Release['autoscalers']): AppRelease {
  const own = autoscalers.filter((each) => each.app === app.app).map(({ manifest }) => manifest.object)
  return { ...app, identity: identityOf({ ...app, autoscalers: own }) }
}
