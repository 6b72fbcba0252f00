import { Fault } from '@fairlead/base'
import { parseReference, sameRepository, type ImageReference } from '@fairlead/image'
import { describeObject, valueAt, type KubeObject } from '@fairlead/kube'
import { listAt, mapAt, textsAt, without } from './fields.ts'
import { identified } from './identity.ts'
import { containerImages, referenceOf } from './images.ts'
import { isBookkeeping, usersAnnotations, usersLabels } from './marks.ts'
import type { AppRelease, Container, PodTemplate } from './release.ts'

export interface ImageQuestion {
  readonly app: string
  /** As the user wrote it, with a digest where one is known. */
  readonly image: string
}

/**
 * The release that runs a live Deployment's template with another image. Server defaults and references to configuration stay as they are; labels of ours and what
 * tools noted for one run (`kubectl rollout restart`) are left out, the latter with a note.
 *
 * Throws INPUT_INVALID when it is not plain which container the image is for, or the Deployment cannot have slots.
 */
export function releaseFromImage(active: KubeObject, { app, image }: ImageQuestion): AppRelease {
  const live = templateOf(active)
  const template: PodTemplate = withImage({ active, template: cleaned(live), image: parseReference(image), text: image })
  const { labels, annotations } = active.metadata
  const release = {
    app,
    images: containerImages(template),
    template,
    selector: selectorOf(active),
    deployment: without(mapAt(active, 'spec'), 'replicas', 'selector', 'template', 'paused'),
    labels: usersLabels(labels),
    annotations: usersAnnotations(annotations),
    replicas: undefined,
    config: [],
    notes: notesOn(active, live),
  }
  return identified(release, [])
}

function templateOf(active: KubeObject): PodTemplate {
  const template = valueAt(active, ['spec', 'template'])
  if (active.kind === 'Deployment' && listAt(template, 'spec', 'containers').length > 0) return template as PodTemplate
  throw new Fault('BUG', `${describeObject(active)}: is no Deployment with containers`)
}

function selectorOf(active: KubeObject): AppRelease['selector'] {
  if (listAt(active, 'spec', 'selector', 'matchExpressions').length === 0) return usersLabels(textsAt(active, 'spec', 'selector', 'matchLabels'))
  throw new Fault('INPUT_INVALID', `${describeObject(active)}: its selector cannot be given a slot, expected matchLabels only, got matchExpressions`, {
    hint: 'Release it from manifests whose selector has matchLabels only: the slots are Deployments of their own.',
  })
}

function cleaned({ metadata, spec, ...rest }: PodTemplate): PodTemplate {
  const { labels, annotations = {}, ...others } = metadata ?? {}
  const kept = Object.fromEntries(Object.entries(annotations).filter(([key]) => !isBookkeeping(key)))
  return {
    ...rest,
    metadata: { ...without(others, 'creationTimestamp'), labels: usersLabels(labels), ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }) },
    spec,
  }
}

function notesOn(active: KubeObject, { metadata }: PodTemplate): readonly string[] {
  const dropped = Object.keys(metadata?.annotations ?? {}).filter(isBookkeeping)
  return dropped.map((key) => `${describeObject(active)}: the annotation ${key} of its live template is not part of the release`)
}

interface Change {
  readonly active: KubeObject
  readonly template: PodTemplate
  readonly image: ImageReference
  readonly text: string
}

function withImage({ active, template, image, text }: Change): PodTemplate {
  const { containers, initContainers } = template.spec
  const meant = containers.length === 1 ? containers : containers.filter((container) => isOf(container, [image]))
  if (meant.length === 0) throw unclear({ active, template, text })
  // An init container that ran the image which is replaced runs the new one too, even when the new one has moved to another repository.
  const before = meant.flatMap((container) => referenceOf(container.image ?? '') ?? [])
  const renewed = (container: Container): Container => ({ ...container, image: text })
  return {
    ...template,
    spec: {
      ...template.spec,
      containers: containers.map((container) => (meant.includes(container) ? renewed(container) : container)),
      ...(initContainers && { initContainers: initContainers.map((each) => (isOf(each, [image, ...before]) ? renewed(each) : each)) }),
    },
  }
}

function isOf({ image = '' }: Container, repositories: readonly ImageReference[]): boolean {
  const reference = referenceOf(image)
  return reference !== undefined && repositories.some((each) => sameRepository(each, reference))
}

function unclear({ active, template, text }: Omit<Change, 'image'>): Fault {
  const found = template.spec.containers.map(({ name, image = 'no image' }) => `${name} (${image})`).join(', ')
  return new Fault(
    'INPUT_INVALID',
    `${describeObject(active)}: it is not plain which container the image is for, expected one of the repository of ${text}, got ${found}`,
    { hint: 'Use `manifests` to say what every container runs.' },
  )
}
