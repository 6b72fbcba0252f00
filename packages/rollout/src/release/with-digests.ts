import { withDigest } from '@fairlead/image'
import { identified } from './identity.ts'
import { containerImages, mapImages, pulledImages, referenceOf } from './images.ts'
import type { AppRelease, Release } from './release.ts'

/** The images of a release that are named by tag only, each once: those whose digest a registry must be asked for. What is no reference is left out. */
export function imagesOf({ apps }: Pick<Release, 'apps'>): readonly string[] {
  const images = new Set(apps.flatMap(({ template }) => pulledImages(template)))
  return [...images].filter((image) => {
    const reference = referenceOf(image)
    return reference !== undefined && reference.digest === undefined
  })
}

/**
 * Pins images to digests, by the texts that `imagesOf` answered, and computes identities again. Tags stay readable beside the digest.
 * Images without a digest in the map stay as they are, and so does a digest that is there already.
 */
export function withDigests(release: Release, digests: ReadonlyMap<string, string>): Release {
  return { ...release, apps: release.apps.map((app) => pinned(app, release, digests)) }
}

function pinned(app: AppRelease, { autoscalers }: Release, digests: ReadonlyMap<string, string>): AppRelease {
  const template = mapImages(app.template, (image) => pin(image, digests.get(image)))
  return identified({ ...app, template, images: containerImages(template) }, autoscalers)
}

function pin(image: string, digest: string | undefined): string {
  const reference = digest === undefined ? undefined : referenceOf(image)
  return digest === undefined || reference === undefined || reference.digest !== undefined ? image : withDigest(reference, digest)
}
