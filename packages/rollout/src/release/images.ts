import { isFault } from '@fairlead/base'
import { isMap, type KubeObject } from '@fairlead/kube'
import { parseReference, type ImageReference } from '@fairlead/image'
import { textAt } from './fields.ts'
import type { Container, PodTemplate } from './release.ts'

/** The images of a template's containers, init containers first, each once. */
export function containerImages({ spec }: PodTemplate): readonly string[] {
  return unique([...(spec.initContainers ?? []), ...spec.containers].flatMap(({ image }) => (image === undefined || image === '' ? [] : [image])))
}

/** Tells whether a live Deployment runs exactly these images. */
export function runsImages({ spec }: Pick<KubeObject, 'spec'>, images: readonly string[]): boolean {
  const { template } = spec as { readonly template: PodTemplate }
  const live = containerImages(template)
  return images.length === live.length && images.every((image) => live.includes(image))
}

/** Every image a template makes a node pull: those of its containers, and those it mounts as volumes. */
export function pulledImages(template: PodTemplate): readonly string[] {
  return unique([...containerImages(template), ...(template.spec.volumes ?? []).flatMap((volume) => textAt(volume, 'image', 'reference') ?? [])])
}

/** Answers the template with every image it makes a node pull replaced. */
export function mapImages(template: PodTemplate, replace: (image: string) => string): PodTemplate {
  const { containers, initContainers, volumes } = template.spec
  const inContainer = (container: Container): Container => (container.image === undefined ? container : { ...container, image: replace(container.image) })
  const spec = {
    ...template.spec,
    containers: containers.map(inContainer),
    ...(initContainers && { initContainers: initContainers.map(inContainer) }),
    ...(volumes && { volumes: volumes.map((volume) => inVolume(volume, replace)) }),
  }
  return { ...template, spec }
}

/** Reads an image as a reference; undefined when it is none. */
export function referenceOf(image: string): ImageReference | undefined {
  try {
    return parseReference(image)
  } catch (error) {
    if (isFault(error, 'INPUT_INVALID')) return undefined
    throw error
  }
}

function inVolume(volume: Readonly<Record<string, unknown>>, replace: (image: string) => string): Readonly<Record<string, unknown>> {
  const reference = textAt(volume, 'image', 'reference')
  const image = volume['image']
  return reference === undefined || !isMap(image) ? volume : { ...volume, image: { ...image, reference: replace(reference) } }
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)]
}
