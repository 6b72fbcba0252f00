import { spawnSync } from 'node:child_process'

/**
 * The seed of a sample: FAIRLEAD_SEED, else the time of the commit, so that it differs from commit to commit and can be repeated.
 * Where there is no commit it is 1.
 */
export function seedOf({ FAIRLEAD_SEED: given = '' }: NodeJS.ProcessEnv): number {
  const text = given || spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: import.meta.dirname, encoding: 'utf8' }).stdout.trim() || '1'
  if (!/^\d+$/.test(text)) throw new Error(`FAIRLEAD_SEED: expected a whole number, got "${text}"`)
  return Number(text)
}
