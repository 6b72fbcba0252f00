import { sameRepository, withDigest } from '@fairlead/image'
import { sameBackend, slotBackend, type SlotName } from '@fairlead/traffic'
import type { Accepted, ReleaseNote } from '../journal/index.ts'
import { releaseAgain, type ReleaseRecord } from '../records/index.ts'
import { mapImages, referenceOf, slotDeployment, type AppRelease } from '../release/index.ts'
import { activeOf, candidateSlot, pointedAt, selectorIn, type Standing } from '../standing/index.ts'
import { guardedFor, type Guarding } from './budgets.ts'
import { restorable } from './restorable.ts'
import type { Step } from './step.ts'

/** What puts an older release into the idle slot again. */
export interface Restoration {
  readonly slot: SlotName
  readonly steps: readonly Step[]
  /** An earlier run has moved users to it already. */
  readonly moved: boolean
  /** Whether every image is named by its digest. */
  readonly pinned: boolean
  readonly guarding: Guarding
  readonly notes: readonly string[]
}

/** Plans it as any release into a slot is, only that what goes there comes out of its record. What of it an earlier run has done is not done again. */
export function restoration(
  standing: Standing,
  { release }: Accepted,
  { record, replicas }: { readonly record: ReleaseRecord; readonly replicas: number },
): Restoration {
  const { app, kept, namespace } = standing
  const { rollout } = kept.journal
  const slot = candidateSlot(standing)
  const held = standing.slots[slot]
  const moved = rollout !== undefined && sameBackend(pointedAt(standing), slotBackend(slot))
  const prepared = moved || (rollout !== undefined && held !== undefined && held.identity === release.identity && held.wanted > 0)
  const again = asItRan(releaseAgain(app, record.deployment), release)
  const deployment = slotDeployment(again, { slot, namespace })
  const empty: readonly Step[] = held === undefined || held.wanted === 0 ? [] : [{ type: 'empty', app, slot }]
  const prepare: readonly Step[] = prepared ? [] : [...empty, { type: 'prepare', app, slot, deployment, replicas, isNew: held === undefined, force: false }]
  const byTag = again.images.filter((image) => !image.includes('@'))
  return {
    slot,
    moved,
    pinned: byTag.length === 0,
    guarding: guardedFor(standing, again, { companions: [] }),
    steps: [...(rollout === undefined ? [beginStep(standing, slot, release)] : []), ...prepare],
    notes: byTag.map((image) => `release ${release.number} of ${app} runs ${image} by its tag, which may name another image by now: its digest was not known`),
  }
}

function beginStep(standing: Standing, slot: SlotName, release: ReleaseNote): Step {
  const { app, service } = standing
  const held = standing.slots[slot]
  const before = held === undefined ? undefined : restorable(held.object)
  const selector = service === undefined ? undefined : selectorIn(service)
  return { type: 'begin', app, release, slot, from: activeOf(standing)?.backend, selector, adopts: undefined, before, restores: true }
}

/** A tag may name another image by now: what its Pods were seen to run is run again. */
function asItRan(release: AppRelease, { running = [] }: ReleaseNote): AppRelease {
  const template = mapImages(release.template, (image) => digested(image, running))
  return { ...release, template, images: release.images.map((image) => digested(image, running)) }
}

function digested(image: string, running: readonly string[]): string {
  const reference = referenceOf(image)
  if (reference === undefined || reference.digest !== undefined) return image
  const seen = running.flatMap((each) => referenceOf(each) ?? []).filter((each) => each.digest !== undefined && sameRepository(each, reference))
  const [one] = seen
  return one?.digest === undefined || seen.length > 1 ? image : withDigest(reference, one.digest)
}
