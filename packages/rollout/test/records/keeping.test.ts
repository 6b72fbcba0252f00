import { isFault } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { parseManifests } from '@fairlead/kube'
import { keepRecord, parseRecord, readJournal, readRecord, releaseFromManifests, type Release, type ReleaseRecord } from '../../src/index.ts'
import { appText, NAMESPACE, Stage, web } from '../stage.ts'

const PLACE = { namespace: NAMESPACE, app: 'web' }
const config = (value: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {value: "${value}"}\n`

/** A release whose Pods read a ConfigMap that comes with it. */
function reading(version: string): Release {
  const text = `${appText('web', { version, service: true }).replace('      containers:\n', '      volumes: [{name: settings, configMap: {name: settings}}]\n      containers:\n')}---\n${config(version)}`
  return releaseFromManifests(parseManifests([{ file: 'shop.yaml', text }]), { apps: ['web'], services: new Map([['web', 'web']]), namespace: NAMESPACE })
}

async function recordOf(stage: Stage, number: number): Promise<ReleaseRecord> {
  const record = await readRecord(stage.cluster, { ...PLACE, number })
  if (record === undefined) throw new Error('expected one')
  return record
}

function names(stage: Stage): readonly string[] {
  return stage.cluster
    .objects()
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ metadata }) => metadata.name)
    .toSorted()
}

describe('a release that was accepted', () => {
  test('has a record, and the journal lists it', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'), { origin: { actor: 'ann', url: 'https://ci/1', source: { repository: 'acme/shop', commit: 'c0ffee' } } })
    const record = await recordOf(stage, 1)
    const { journal } = await readJournal(stage.cluster, PLACE)
    expect([record.actor, record.run, record.source?.commit, record.route.service, record.verdicts.health?.status, record.verdicts.proof?.proven]).toEqual([
      'ann',
      'https://ci/1',
      'c0ffee',
      'web',
      'Healthy',
      true,
    ])
    expect(journal.history?.map(({ release }) => [release.number, release.source?.commit])).toEqual([[1, 'c0ffee']])
    expect(record.deployment.identity).toBe(journal.active?.release.identity)
  })

  test('has none before, and none once it was taken back', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    await stage.deploy(web('2'), { stopAfter: 'switched' })
    expect(names(stage)).toEqual(['fairlead.web', 'fairlead.web.r1'])
    const isAcceptance = (body: unknown) => /\\"history\\":\[\{\\"release\\":\{\\"number\\":2/.test(JSON.stringify(body))
    stage.cluster.script.fail(({ name, body }) => name === 'fairlead.web' && isAcceptance(body), { code: 403, reason: 'Forbidden', message: 'no' })
    const { forward, wayBack } = await stage.deploy(web('2'))
    expect([forward.ended, wayBack?.ended]).toEqual(['broken', 'complete'])
    expect(names(stage)).toEqual(['fairlead.web', 'fairlead.web.r1'])
  })

  test('keeps ten, and what the older ones needed goes with them', async () => {
    const stage = new Stage()
    for (let version = 1; version <= 11; version += 1) await stage.deploy(reading(String(version)))
    const left = names(stage)
    expect(left.filter((name) => name.includes('.r'))).toEqual(['10', '11', '2', '3', '4', '5', '6', '7', '8', '9'].map((number) => `fairlead.web.r${number}`))
    expect(left.filter((name) => name.startsWith('settings-')).length).toBe(10)
  })

  test('is restored with the configuration it had', async () => {
    const stage = new Stage()
    for (const version of ['1', '2', '3']) await stage.deploy(reading(version))
    const first = (await recordOf(stage, 1)).config[0]?.name
    const outcome = await stage.rollback(['web'], Infinity, { to: ['1'] })
    expect(outcome?.forward.ended).toBe('complete')
    const { journal } = await readJournal(stage.cluster, PLACE)
    expect(journal).toMatchObject({
      active: { release: { number: 1 }, backend: { slot: 'green' } },
      previous: { release: { number: 3 }, bad: true },
      pin: { release: 3 },
    })
    expect(JSON.stringify(stage.find('Deployment', 'web-green')?.spec)).toContain(`"name":"${first}"`)
    expect(journal.history?.map(({ release, bad }) => [release.number, bad])).toEqual([
      [3, 'rolled back'],
      [2, undefined],
      [1, undefined],
    ])
  })

  test('is not restored without it', async () => {
    const stage = new Stage()
    for (const version of ['1', '2', '3']) await stage.deploy(reading(version))
    const name = (await recordOf(stage, 1)).config[0]?.name ?? ''
    await stage.cluster.delete({ resource: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }, namespace: NAMESPACE, name })
    expect(await stage.rollbackText(['web'], { to: ['1'] })).toBe(`refused: web: ConfigMap "shop/${name}" is gone, which its Pods read`)
  })
})

describe('keepRecord', () => {
  test('keeps what is there for the same release, and refuses another one', async () => {
    const stage = new Stage()
    await stage.deploy(web('1'))
    const record = await readRecord(stage.cluster, { ...PLACE, number: 1 })
    if (record === undefined) throw new Error('expected one')
    expect(await keepRecord(stage.cluster, NAMESPACE, record)).toBe(false)
    const other = { ...record, release: { ...record.release, identity: 'another' } }
    const refused = await keepRecord(stage.cluster, NAMESPACE, other).then(
      () => 'none',
      (error: unknown) => (isFault(error) ? error.code : String(error)),
    )
    expect(refused).toBe('CONFLICT')
    const kept = stage.find('ConfigMap', 'fairlead.web.r1')
    expect(kept === undefined ? undefined : parseRecord(kept).release.identity).toBe(record.release.identity)
  })
})
