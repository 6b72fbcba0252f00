import type { Blow } from './actor-cluster.ts'
import type { Encounter, Play } from './plays.ts'
import { meet, straight, strike, type Straight, type Trial } from './trials.ts'

export const DEATHS: readonly Blow[] = ['dies before', 'dies after']
export const LOST_REPLIES: readonly Blow[] = ['not applied', 'reply lost', 'sent twice']
export const HOLDS: readonly Blow[] = ['held before', 'held after']

/** What was explored, and the runs in which something did not hold, in words. */
export interface Explored {
  readonly runs: number
  readonly wrong: Readonly<Record<string, readonly string[]>>
}

/** Strikes a play at each of its writes, or at a share of them. */
export async function explorePlay(
  play: Play,
  blow: Blow,
  { share = 1, random }: { readonly share?: number; readonly random: () => number },
): Promise<Explored> {
  const wanted = await straight(play)
  const trials: Trial[] = [undisturbed(play.name, wanted)]
  for (const { write } of wanted.asked) if (write !== undefined && random() < share) trials.push(await strike(play, wanted, { blow, at: write }))
  return summed(trials)
}

/** Holds the first of two at each of its writes and at a share of its reads, while the second comes and goes. */
export async function exploreEncounter(
  encounter: Encounter,
  blow: Blow,
  { share, random }: { readonly share: number; readonly random: () => number },
): Promise<Explored> {
  const alone = await straight({ ...encounter, wish: encounter.first })
  const trials: Trial[] = [undisturbed(encounter.name, alone)]
  for (const { nth, write } of alone.asked) if (write !== undefined || random() < share) trials.push(await meet(encounter, { at: nth, blow }))
  return summed(trials)
}

/** The violations of one trial, in words. */
export function wordsOf({ violations }: Pick<Trial, 'violations'>): readonly string[] {
  return violations.map(({ invariant, what }) => `${invariant}: ${what}`)
}

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The seed of the sampled part: FAIRLEAD_SEED, else always the same. */
export function seedOf({ FAIRLEAD_SEED: given = '1' }: Readonly<Record<string, string | undefined>>): number {
  const seed = Number(given)
  if (!Number.isInteger(seed)) throw new Error(`FAIRLEAD_SEED: expected a whole number, got "${given}"`)
  return seed
}

function undisturbed(name: string, { violations }: Straight): Trial {
  return { what: `${name}: undisturbed`, violations }
}

function summed(trials: readonly Trial[]): Explored {
  const wrong = trials.filter(({ violations }) => violations.length > 0)
  return { runs: trials.length, wrong: Object.fromEntries(wrong.map((trial) => [trial.what, wordsOf(trial)])) }
}
