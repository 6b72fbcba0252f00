import type { KeptLease } from '@fairlead/rollout'

/** Who holds the lock of an app. */
export interface Holder {
  readonly name: string
  /** When it last said that it lives, by its own clock. */
  readonly renewed: string | undefined
  /** After so many seconds without a word it counts as gone. */
  readonly seconds: number
}

const USUAL_SECONDS = 60

/** Reads who holds a lock, for people: whoever wants the lock judges by what it sees happen. Undefined when nobody does. */
export function holderOf({ lease }: KeptLease): Holder | undefined {
  const { holderIdentity, renewTime, leaseDurationSeconds } = (lease?.spec ?? {}) as LeaseSpec
  if (holderIdentity === undefined || holderIdentity === '') return undefined
  return { name: holderIdentity, renewed: renewTime, seconds: leaseDurationSeconds ?? USUAL_SECONDS }
}

interface LeaseSpec {
  readonly holderIdentity?: string
  readonly renewTime?: string
  readonly leaseDurationSeconds?: number
}
