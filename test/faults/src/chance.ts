/** Numbers that look random and are the same for the same seed. */
export type Chance = (below: number) => number

/** A source of numbers in [0, below): mulberry32. */
export function chance(seed: number): Chance {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** `count` different ones of `items`, in their order; all of them when there are no more. */
export function sampleOf<Item>(items: readonly Item[], count: number, chance: Chance): readonly Item[] {
  const left = items.map((_, at) => at)
  const taken = Array.from({ length: Math.min(count, items.length) }, () => left.splice(chance(left.length), 1)[0] ?? 0)
  return items.filter((_, at) => taken.includes(at))
}
