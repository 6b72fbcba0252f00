import { LOADED, QUICK, shopManifest } from '../releases/stage.ts'
import type { Act } from './bench.ts'

/** Something that is done to an app that runs already. */
export interface Scenario {
  readonly name: string
  /** What made the app what it is; each must succeed. */
  readonly before: readonly Act[]
  readonly act: Act
}

/** Whether users are on it: nodes follow a move within seconds, so times are longer then. */
export type Pace = 'quick' | 'loaded'

/** The scenarios that must survive a crash anywhere. */
export async function scenariosFor(pace: Pace): Promise<readonly Scenario[]> {
  const times = pace === 'quick' ? QUICK : { ...QUICK, ...LOADED }
  const release = (image: string, more: Readonly<Record<string, string>> = {}): Act => ({
    action: 'deploy-bluegreen',
    inputs: { ...times, image: `127.0.0.1:5000/shop:${image}`, ...more },
  })
  const first: Act = { action: 'deploy-bluegreen', inputs: QUICK, manifest: await shopManifest() }
  const back: Act = { action: 'rollback', inputs: { drain: times.drain } }
  return [
    { name: 'release', before: [first], act: release('2') },
    // It is taken back after its first Pods were made, and before any user has met them.
    { name: 'abort', before: [first], act: release('never') },
    { name: 'warm rollback', before: [first, release('2', { standby: 'warm' })], act: back },
    { name: 'cold rollback', before: [first, release('2')], act: back },
  ]
}
