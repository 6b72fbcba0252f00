import type { RolloutOutcome } from '../../src/index.ts'
import { appText, ON_PODS, ON_SERVICE, releaseOf, web, type Stage } from '../stage.ts'

/** A beginning, and what is done from there; done again after it was cut short, it goes on. */
export interface Scenario {
  readonly name: string
  readonly begin: (stage: Stage) => Promise<unknown>
  readonly act: (stage: Stage, steps?: number) => Promise<RolloutOutcome | undefined>
}

const nothing = async () => undefined
const scaled = { autoscaler: true } as const
const guarded = { budget: true } as const
const released = async (stage: Stage) => await stage.deploy(web('1'))
const twice = async (stage: Stage) => {
  await stage.deploy(web('1'))
  await stage.deploy(web('2'))
}
const users =
  (more: object = {}) =>
  (stage: Stage) =>
    stage.users(appText('web', { version: '0', service: true, ...more }))
const pair = (version: string) => releaseOf({ web: { version, service: true }, api: { version, service: true } })

/** Releases that end complete, from how things stood. */
export const RELEASES: readonly Scenario[] = [
  { name: 'first release', begin: nothing, act: (stage, steps) => stage.deploy(web('1'), {}, steps) },
  { name: 'first release with an HPA', begin: nothing, act: (stage, steps) => stage.deploy(web('1', scaled), {}, steps) },
  { name: 'second release', begin: released, act: (stage, steps) => stage.deploy(web('2'), {}, steps) },
  { name: 'third release, into a slot that was used', begin: twice, act: (stage, steps) => stage.deploy(web('3'), {}, steps) },
  {
    name: 'second release with an HPA',
    begin: (stage) => stage.deploy(web('1', scaled)),
    act: (stage, steps) => stage.deploy(web('2', scaled), { checks: [...ON_PODS, ...ON_SERVICE] }, steps),
  },
  { name: 'adoption', begin: users(), act: (stage, steps) => stage.deploy(web('1'), {}, steps) },
  { name: 'adoption with an HPA', begin: users(scaled), act: (stage, steps) => stage.deploy(web('1'), {}, steps) },
  { name: 'first release with a PDB', begin: nothing, act: (stage, steps) => stage.deploy(web('1', guarded), {}, steps) },
  { name: 'second release with a PDB', begin: (stage) => stage.deploy(web('1', guarded)), act: (stage, steps) => stage.deploy(web('2', guarded), {}, steps) },
  { name: 'adoption with a PDB', begin: users(guarded), act: (stage, steps) => stage.deploy(web('1'), {}, steps) },
  {
    name: 'adoption with a PDB that comes with it',
    begin: users(guarded),
    act: (stage, steps) => stage.deploy(web('1', guarded), { forceConflicts: true }, steps),
  },
  { name: 'adoption with cleanup', begin: users(), act: (stage, steps) => stage.deploy(web('1'), { adoptCleanup: true }, steps) },
  { name: 'two apps, first release', begin: nothing, act: (stage, steps) => stage.deploy(pair('1'), {}, steps) },
  { name: 'two apps, second release', begin: (stage) => stage.deploy(pair('1')), act: (stage, steps) => stage.deploy(pair('2'), {}, steps) },
]

const parked = (stopAfter: 'verified' | 'switched', begin: (stage: Stage) => Promise<unknown>) => async (stage: Stage) => {
  await begin(stage)
  await stage.deploy(web('2'), { stopAfter })
}

const guardedParked = (stopAfter: 'verified' | 'switched') => async (stage: Stage) => {
  await stage.deploy(web('1', guarded))
  await stage.deploy(web('2', guarded), { stopAfter })
}

/** Another release while one is parked, and ones that continue. */
export const RESUMPTIONS: readonly Scenario[] = [
  { name: 'continues one parked verified', begin: parked('verified', released), act: (stage, steps) => stage.deploy(web('2'), {}, steps) },
  { name: 'continues one parked switched', begin: parked('switched', released), act: (stage, steps) => stage.deploy(web('2'), {}, steps) },
  { name: 'continues a first release parked verified', begin: parked('verified', nothing), act: (stage, steps) => stage.deploy(web('2'), {}, steps) },
  { name: 'continues an adoption parked switched', begin: parked('switched', users()), act: (stage, steps) => stage.deploy(web('2'), {}, steps) },
  {
    name: 'third release with a PDB, into a warm standby',
    begin: async (stage) => {
      await stage.deploy(web('1', guarded))
      await stage.deploy(web('2', guarded), { standby: { type: 'warm' } })
    },
    act: (stage, steps) => stage.deploy(web('3', guarded), { standby: { type: 'warm' } }, steps),
  },
  {
    name: 'continues one with a PDB parked switched',
    begin: guardedParked('switched'),
    act: (stage, steps) => stage.deploy(web('2', guarded), {}, steps),
  },
  {
    name: 'another with a PDB while one is parked verified',
    begin: guardedParked('verified'),
    act: (stage, steps) => stage.deploy(web('3', guarded), {}, steps),
  },
  {
    name: 'another with a PDB while one is parked switched',
    begin: guardedParked('switched'),
    act: (stage, steps) => stage.deploy(web('3', guarded), {}, steps),
  },
  { name: 'another while one is parked verified', begin: parked('verified', released), act: (stage, steps) => stage.deploy(web('3'), {}, steps) },
  { name: 'another while one is parked switched', begin: parked('switched', released), act: (stage, steps) => stage.deploy(web('3'), {}, steps) },
  { name: 'another while a first release is parked verified', begin: parked('verified', nothing), act: (stage, steps) => stage.deploy(web('3'), {}, steps) },
  { name: 'another while a first release is parked switched', begin: parked('switched', nothing), act: (stage, steps) => stage.deploy(web('3'), {}, steps) },
  { name: 'another while an adoption is parked verified', begin: parked('verified', users()), act: (stage, steps) => stage.deploy(web('3'), {}, steps) },
  { name: 'another while an adoption is parked switched', begin: parked('switched', users(scaled)), act: (stage, steps) => stage.deploy(web('3'), {}, steps) },
]

/** Ways back. */
export const RETURNS: readonly Scenario[] = [
  { name: 'rollback to a cold standby', begin: twice, act: (stage, steps) => stage.rollback(['web'], steps) },
  {
    name: 'rollback to a warm standby, with an HPA',
    begin: async (stage) => {
      await stage.deploy(web('1', scaled))
      await stage.deploy(web('2', scaled), { standby: { type: 'warm' } })
    },
    act: (stage, steps) => stage.rollback(['web'], steps),
  },
  {
    name: 'rollback to a cold standby, with a PDB',
    begin: async (stage) => {
      await stage.deploy(web('1', guarded))
      await stage.deploy(web('2', guarded))
    },
    act: (stage, steps) => stage.rollback(['web'], steps),
  },
  {
    name: 'rollback to a warm standby, with a PDB',
    begin: async (stage) => {
      await stage.deploy(web('1', guarded))
      await stage.deploy(web('2', guarded), { standby: { type: 'warm' } })
    },
    act: (stage, steps) => stage.rollback(['web'], steps),
  },
  {
    name: 'rollback to the adopted Deployment, with a PDB',
    begin: async (stage) => {
      await users(guarded)(stage)
      await stage.deploy(web('1'))
    },
    act: (stage, steps) => stage.rollback(['web'], steps),
  },
  { name: 'abort of one with a PDB parked switched', begin: guardedParked('switched'), act: (stage, steps) => stage.rollback(['web'], steps) },
  {
    name: 'rollback to the adopted Deployment',
    begin: async (stage) => {
      await users(scaled)(stage)
      await stage.deploy(web('1'))
    },
    act: (stage, steps) => stage.rollback(['web'], steps),
  },
  {
    name: 'rollback of two apps',
    begin: async (stage) => {
      await stage.deploy(pair('1'))
      await stage.deploy(pair('2'))
    },
    act: (stage, steps) => stage.rollback(['web', 'api'], steps),
  },
  {
    name: 'restore of an older release, with a pin',
    begin: async (stage) => {
      await twice(stage)
      await stage.deploy(web('3'))
    },
    act: (stage, steps) => stage.rollback(['web'], steps, { to: ['1'], reason: 'it is slow' }),
  },
  { name: 'abort of one parked verified', begin: parked('verified', released), act: (stage, steps) => stage.rollback(['web'], steps) },
  { name: 'abort of one parked switched', begin: parked('switched', released), act: (stage, steps) => stage.rollback(['web'], steps) },
  {
    name: 'abort of an adoption parked switched, with an HPA',
    begin: parked('switched', users(scaled)),
    act: (stage, steps) => stage.rollback(['web'], steps),
  },
]
