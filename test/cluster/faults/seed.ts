/** The seed of a sample: FAIRLEAD_SEED, else always the same, so that what CI has seen once it sees again. `pnpm prove` explores the rest. */
export function seedOf({ FAIRLEAD_SEED: given = '' }: NodeJS.ProcessEnv): number {
  const text = given === '' ? '20261' : given
  if (!/^\d+$/.test(text)) throw new Error(`FAIRLEAD_SEED: expected a whole number, got "${text}"`)
  return Number(text)
}
