/** The two places an app runs in. Colours never mean new or old. */
export const SLOTS = ['blue', 'green'] as const

export type SlotName = (typeof SLOTS)[number]

/** Answers the slot beside this one. */
export function otherSlot(slot: SlotName): SlotName {
  return slot === 'blue' ? 'green' : 'blue'
}

/** Tells whether a label's value is the name of a slot. */
export function isSlot(text: string | undefined): text is SlotName {
  return text === 'blue' || text === 'green'
}
