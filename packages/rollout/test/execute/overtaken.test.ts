import { describe, expect, test } from 'vitest'
import { journalReference, readJournal, reportRollout, writeJournal } from '../../src/index.ts'
import { NAMESPACE, ON_SERVICE, releaseOf, Stage, web } from '../stage.ts'

const PLACE = { namespace: NAMESPACE, app: 'web' }

/** Another run writes the journal while this one waits for health. */
async function overtake(stage: Stage): Promise<void> {
  const kept = await readJournal(stage.cluster, PLACE)
  await writeJournal(stage.cluster, PLACE, { ...kept, journal: { ...kept.journal, token: kept.journal.token + 1 } })
}

describe('a run', () => {
  test('that was overtaken moves nothing and takes nothing back: the rollout is the other run’s now', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    let overtaken: Promise<void> | undefined
    stage.listener = (line) => {
      if (line.includes('wait up to')) overtaken ??= overtake(stage)
    }
    const { forward, wayBack } = await stage.deploy(web('2'))
    await overtaken
    expect(forward.fault?.code).toBe('CONFLICT')
    expect(wayBack).toBe(undefined)
    expect((await readJournal(stage.cluster, PLACE)).journal.rollout?.slot).toBe('green')
  })

  test('that has recorded one of two apps takes back neither', async () => {
    const stage = new Stage()
    const pair = (version: string) => releaseOf({ web: { version, service: true }, api: { version, service: true } })
    await stage.deploy(pair('1'))
    const { name } = journalReference(NAMESPACE, 'api')
    stage.listener = (line) => {
      if (line.includes('record that release 2 of api')) stage.cluster.script.fail({ verb: 'apply', name }, { code: 403, reason: 'Forbidden', message: 'no' })
    }
    await stage.deploy(pair('2'))
    const slots = ['web', 'api'].map((each) => (stage.find('Service', each)?.spec as { readonly selector?: object } | undefined)?.selector)
    expect(slots).toEqual([
      { app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'green' },
      { app: 'api', 'fairlead.dev/app': 'api', 'fairlead.dev/slot': 'green' },
    ])
  })

  test('that is irreversible and is refused under its users is not taken back by itself: a person must decide', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    stage.cluster.script.proxy(({ target }) => ({ status: target === 'services' ? 500 : 200, body: 'no', headers: {} }))
    const outcome = await stage.deploy(web('2'), { checks: ON_SERVICE, irreversible: 'drops column x' })
    const { verdict, conclusion } = reportRollout(outcome, { namespace: NAMESPACE })
    expect([outcome.wayBack, conclusion]).toEqual([undefined, 'failure'])
    expect(verdict).toContain('NOTHING WAS TAKEN BACK: web: there is no way back from release 2, it is irreversible: drops column x')
  })

  test('that cannot reach the API server holds, and takes nothing back', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    stage.listener = (line) => {
      if (line.includes('move Service')) stage.cluster.script.outage()
    }
    const { forward, wayBack } = await stage.deploy(web('2'))
    expect([forward.ended, wayBack]).toEqual(['blind', undefined])
  })

  test('that is refused and then cannot see how things stand takes nothing back, and says why', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    stage.listener = (line) => {
      if (line.includes('FAILED in')) stage.cluster.script.outage()
    }
    const outcome = await stage.deploy(web('sick'))
    const { verdict, outputs } = reportRollout(outcome, { namespace: NAMESPACE })
    expect([outcome.forward.ended, outcome.wayBack, outputs['fault']]).toEqual(['refused', undefined, 'UNAVAILABLE'])
    expect(verdict).toMatch(/Nothing was taken back, since it could not be seen how things stand \(.+\); when last seen, web serves release 1 from blue/)
  })
})
