/**
 * What is to run: a release as a value. Pure; nothing here reads a cluster, a file or a clock. In reading order:
 *
 * 1. `release.ts`: the words. `marks.ts`: the labels and annotations.
 * 2. `from-manifests.ts`, `from-image.ts`: the two ways to get one.
 * 3. `config-copies.ts`: configuration under names that carry its content. `with-digests.ts`: images that no longer depend on a tag. `identity.ts`: when two are the same.
 * 4. `two-slots.ts`: what speaks against two slots. `slot-deployment.ts`: what runs in one.
 */
export { contentDigest } from './config-content.ts'
export { configReferences, type ConfigReference } from './config-places.ts'
export * from './config-copies.ts'
export { canonicalJson, digestOf } from './digest.ts'
export * from './from-image.ts'
export * from './from-manifests.ts'
export * from './identity.ts'
export { mapImages, referenceOf, runsImages } from './images.ts'
export type { ManifestQuestion } from './manifest-set.ts'
export { MARKS } from './marks.ts'
export * from './release.ts'
export * from './slot-deployment.ts'
export { slotName } from './slot-name.ts'
export * from './two-slots.ts'
export * from './with-digests.ts'
