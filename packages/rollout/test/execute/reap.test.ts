import { describe, expect, test } from 'vitest'
import { planReap, reapGroups } from '../../src/index.ts'
import { options, releaseOf, Stage, web } from '../stage.ts'
import { Guard, isWrite } from './guard.ts'

/** Settles what is there, as `fairlead reap` does. */
async function reap(stage: Stage): Promise<string | undefined> {
  const decide = async () => {
    const standings = await stage.observe()
    return { standings, plan: planReap(standings, options()) }
  }
  return (await stage.carryOut('reap', decide)).forward.ended
}

async function second(): Promise<Stage> {
  const stage = new Stage()
  await stage.deploy(web('1'))
  return stage
}

const serving = (stage: Stage) =>
  (stage.find('Service', 'web')?.spec as { readonly selector: Readonly<Record<string, string>> } | undefined)?.selector['fairlead.dev/slot']
const wanted = (stage: Stage) =>
  ['web-blue', 'web-green'].map((name) => (stage.find('Deployment', name)?.spec as { readonly replicas?: number } | undefined)?.replicas ?? 0)

/** Kills a release before one of its writes. Answers how many it made. */
async function kill(stage: Stage, write: number): Promise<number> {
  let count = 0
  stage.cluster.script.intercept((request) => {
    if (isWrite(request) && count++ === write) stage.cluster.script.outage()
  })
  await stage.deploy(web('2')).catch(() => undefined)
  stage.cluster.script.outage(false)
  return count
}

describe('reap', () => {
  test('settles a release that was killed before any of its writes: either it is taken back, or it has arrived', async () => {
    const writes = await kill(await second(), Infinity)
    expect(writes).toBeGreaterThan(8)
    const ends = new Set<string>()
    for (let write = 0; write < writes; write += 1) {
      const stage = await second()
      const guard = new Guard(stage)
      await kill(stage, write)
      await reap(stage)
      const [journal] = (await stage.observe()).map(({ kept }) => kept.journal)
      const slot = serving(stage) ?? 'none'
      ends.add(slot)
      const replicas = slot === 'blue' ? [2, 0] : [0, 2]
      expect({ write, replicas: wanted(stage), rollout: journal?.rollout, doing: journal?.doing, violations: guard.look() }).toEqual({
        write,
        replicas,
        rollout: undefined,
        doing: undefined,
        violations: [],
      })
      expect(journal?.active?.backend).toEqual({ type: 'slot', slot })
    }
    expect([...ends].toSorted()).toEqual(['blue', 'green'])
  })

  test('settles what each run has left by itself: one that has arrived is accepted, another that has not is taken back', async () => {
    const stage = await second()
    const api = (version: string) => releaseOf({ api: { version, service: true } })
    await stage.deploy(api('1'))
    for (const [release, at] of [
      [web('2'), 'settle'],
      [api('2'), 'wait up to'],
    ] as const) {
      stage.listener = (line) => {
        if (line.includes(at) && !line.includes('done in')) stage.cluster.script.outage()
      }
      await stage.deploy(release)
      stage.listener = () => undefined
      stage.cluster.script.outage(false)
    }
    const groups = reapGroups(await stage.observe(['web', 'api']))
    expect(groups.map((group) => group.map(({ app }) => app))).toEqual([['web'], ['api']])
    for (const group of groups) {
      await stage.carryOut('reap', async () => {
        const standings = await stage.observe(group.map(({ app }) => app))
        return { standings, plan: planReap(standings, options()) }
      })
    }
    const active = (await stage.observe(['web', 'api'])).map(({ kept: { journal } }) => [journal.active?.release.number, journal.rollout])
    expect(active).toEqual([
      [2, undefined],
      [1, undefined],
    ])
  })

  test('leaves what cannot be taken back to a person', async () => {
    const stage = await second()
    stage.listener = (line) => {
      if (line.includes('settle')) stage.cluster.script.outage()
    }
    await stage.deploy(web('2'), { irreversible: 'drops column x' })
    stage.listener = () => undefined
    stage.cluster.script.outage(false)
    const [standing] = await stage.observe()
    expect(standing === undefined ? [] : planReap([standing], options()).steps.map(({ type }) => type)).not.toContain('move')
  })

  test('leaves alone what is parked', async () => {
    const stage = await second()
    await stage.deploy(web('2'), { stopAfter: 'verified' })
    const before = stage.picture()
    expect([await reap(stage), stage.picture()]).toEqual(['complete', before])
  })

  test('takes back what users were moved to, when it does not hold', async () => {
    const stage = await second()
    stage.listener = (line) => {
      if (line.includes('settle')) stage.cluster.script.outage()
    }
    await stage.deploy(web('2'))
    stage.listener = () => undefined
    stage.cluster.script.outage(false)
    expect(serving(stage)).toBe('green')
    stage.fate = (pod) => (JSON.stringify(pod.spec).includes('web:2') ? 'pending' : 'ready')
    for (const pod of stage.cluster.objects().filter(({ kind, spec }) => kind === 'Pod' && JSON.stringify(spec).includes('web:2')))
      stage.cluster.seed({ ...pod, status: { conditions: [{ type: 'Ready', status: 'False' }] } })
    expect(await reap(stage)).toBe('refused')
    expect([serving(stage), wanted(stage)]).toEqual(['blue', [2, 0]])
  })

  test('retires a standby whose time is over, and not before', async () => {
    const stage = await second()
    await stage.deploy(web('2'), { standby: { type: 'warm', for: 3_600_000 as never } })
    await reap(stage)
    expect(wanted(stage)).toEqual([2, 2])
    await stage.clock.advance(3_700_000)
    await reap(stage)
    expect(wanted(stage)).toEqual([0, 2])
  })
})
