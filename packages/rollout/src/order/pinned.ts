import type { Journal, Pin, ReleaseNote } from '../journal/index.ts'
import type { OrderRequest } from './order.ts'

/** Says what a release has in common with a pin: `this is the same release`. Undefined when it is another one, with other images as far as those name digests. */
export function pinnedBy(pin: Pin, release: OrderRequest['release']): string | undefined {
  if (release.identity === pin.identity) return 'this is the same release'
  const bad = digestsIn(pin.images)
  const image = release.images.find((each) => digestsIn([each]).some((digest) => bad.includes(digest)))
  return image === undefined ? undefined : `this one runs the same image ${short(image)}`
}

/**
 * The images that a pin on a bad release should name: with a digest, and not also run by the release that was gone back to. A pin that named a sidecar both have
 * would hold the correction too. Empty where the images were not what was bad.
 */
export function imagesToPin(bad: ReleaseNote, back: ReleaseNote | undefined): readonly string[] {
  const good = back === undefined ? [] : digestsIn(imagesOf(back))
  return [...new Set(imagesOf(bad))].filter((image) => digestsIn([image]).some((digest) => !good.includes(digest)))
}

/** Tells whether the mark is the very commit that was rolled back from. */
export function isMarkPinned({ mark, pin }: Journal): boolean {
  return mark !== undefined && mark.commit === pin?.source?.commit
}

function imagesOf({ images, running = [] }: ReleaseNote): readonly string[] {
  return [...images, ...running]
}

function digestsIn(images: readonly string[]): readonly string[] {
  return images.flatMap((image) => /\bsha\d+:[0-9a-f]{32,}$/.exec(image) ?? [])
}

/** `web@sha256:9f2c1ab04d11...`. */
function short(image: string): string {
  return image.replace(/(\bsha\d+:[0-9a-f]{12})[0-9a-f]+$/, '$1...')
}
