import { appText, releaseOf, web, type Stage } from '../stage.ts'
import type { Wish } from './actor.ts'

/** How things stand, and what one actor wants. */
export interface Play {
  readonly name: string
  readonly begin: (stage: Stage) => Promise<unknown>
  readonly wish: Wish
  /** How much of it is explored where the whole would take long. */
  readonly share?: number
}

/** How things stand, and what two actors want who know nothing of each other. */
export interface Encounter {
  readonly name: string
  readonly begin: (stage: Stage) => Promise<unknown>
  readonly first: Wish
  /** Wind-up names the first. */
  readonly second: Wish | 'wind-up'
}

const nothing = async () => undefined
const once = async (stage: Stage) => await stage.deploy(web('1'))
const twice = async (stage: Stage) => {
  await stage.deploy(web('1'))
  await stage.deploy(web('2'))
}
const scaled = { autoscaler: true } as const
const users =
  (more: object = {}) =>
  async (stage: Stage) =>
    await stage.users(appText('web', { version: '0', service: true, ...more }))
const pair = (version: string) => releaseOf({ web: { version, service: true }, api: { version, service: true } })
const release = (version: string, more: object = {}): Wish => ({ type: 'release', release: web(version, more) })
const rollback: Wish = { type: 'rollback', apps: ['web'] }
const reap: Wish = { type: 'reap', apps: ['web'] }

export const PLAYS: readonly Play[] = [
  { name: 'first release', begin: nothing, wish: release('1') },
  { name: 'second release', begin: once, wish: release('2') },
  { name: 'third release, into a slot that was used', begin: twice, wish: release('3') },
  { name: 'second release, with an HPA', begin: async (stage) => await stage.deploy(web('1', scaled)), wish: release('2', scaled) },
  { name: 'adoption', begin: users(), wish: release('1') },
  {
    name: 'adoption with cleanup and an HPA',
    begin: users(scaled),
    wish: { type: 'release', release: web('1'), changes: { adoptCleanup: true } },
  },
  { name: 'two apps, second release', begin: async (stage) => await stage.deploy(pair('1')), wish: { type: 'release', release: pair('2') }, share: 0.3 },
  {
    name: 'continues one parked verified',
    begin: async (stage) => {
      await once(stage)
      await stage.deploy(web('2'), { stopAfter: 'verified' })
    },
    wish: release('2'),
  },
  {
    name: 'another while one is parked switched',
    begin: async (stage) => {
      await once(stage)
      await stage.deploy(web('2'), { stopAfter: 'switched' })
    },
    wish: release('3'),
    share: 0.5,
  },
  { name: 'rollback to a cold standby', begin: twice, wish: rollback },
  {
    name: 'abort of an adoption parked verified',
    begin: async (stage) => {
      await users()(stage)
      await stage.deploy(web('1'), { stopAfter: 'verified' })
    },
    wish: rollback,
  },
]

export const ENCOUNTERS: readonly Encounter[] = [
  { name: 'release, then another', begin: once, first: release('2'), second: release('3') },
  { name: 'first release, then another', begin: nothing, first: release('1'), second: release('2') },
  { name: 'release, then a rollback', begin: twice, first: release('3'), second: rollback },
  { name: 'rollback, then a release', begin: twice, first: rollback, second: release('3') },
  { name: 'release, then a reaper', begin: once, first: release('2'), second: reap },
  { name: 'release, then its wind-up', begin: once, first: release('2'), second: 'wind-up' },
  { name: 'adoption, then a release', begin: users(), first: release('1'), second: release('2') },
  { name: 'adoption, then its wind-up', begin: users(), first: release('1'), second: 'wind-up' },
]
