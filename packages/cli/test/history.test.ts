import type { Report } from '@fairlead/action'
import { recordObject, type Journal, type ReleaseRecord } from '@fairlead/rollout'
import { describe, expect, test } from 'vitest'
import { NOTES, SETTLED, Shop } from './shop.ts'

function rows({ summary }: Report): readonly (readonly string[])[] {
  return summary.flatMap((block) => (block.type === 'table' ? block.rows : []))
}

const AT = '2026-01-01T10:00:00.123Z'
const ACTIVE = { backend: { type: 'slot', slot: 'green' }, release: NOTES.three } as const
const LONG: Journal = {
  ...SETTLED,
  last: 3,
  active: ACTIVE,
  history: [
    { release: NOTES.three, at: AT },
    { release: NOTES.two, at: AT, bad: 'errors' },
    { release: NOTES.one, at: AT },
  ],
}
/** The record of a release, as far as a history reads it. */
function record(release: (typeof NOTES)[keyof typeof NOTES], actor: string): ReturnType<typeof recordObject> {
  return recordObject({ format: 1, app: 'web', release, actor, run: 'https://github.com/acme/shop/actions/runs/1' } as unknown as ReleaseRecord, 'shop')
}

const PIN = { id: 'p', release: 2, identity: 'id-2', images: [], reason: 'errors', actor: 'ann', at: AT }

describe('history', () => {
  test('lists releases, the newest first, with what became of them', async () => {
    const shop = new Shop().journal({ ...LONG, pin: PIN }).seed(record(NOTES.three, 'bob'), record(NOTES.one, 'ann'))
    const report = await shop.history()
    expect([report.conclusion, report.verdict]).toEqual(['success', '3 releases of web'])
    expect(rows(report)).toEqual([
      ['3', '2026-01-01 10:00:00Z', 'bob', '', 'ghcr.io/shop/web:3', 'serves'],
      ['2', '2026-01-01 10:00:00Z', '', 'acme/shop@1a2b3c4', 'ghcr.io/shop/web:2', 'bad: errors; pinned'],
      ['1', '2026-01-01 10:00:00Z', 'ann', '', 'ghcr.io/shop/web:1@sha256:aaaaaaaaaaaa', 'can be gone back to'],
    ])
  })

  test('offers what stands by without a record, and nothing else', async () => {
    const history = [...(LONG.history ?? []).filter(({ bad }) => bad === undefined), { release: { ...NOTES.two, number: 0 }, at: AT }]
    const details = (await new Shop().journal({ ...LONG, history }).history()).details as {
      apps: { releases: { release: number; canReturn: boolean; record: string }[] }[]
    }
    expect(details.apps[0]?.releases.map(({ release, canReturn, record }) => [release, canReturn, record])).toEqual([
      [3, false, 'gone'],
      [1, true, 'gone'],
      [0, false, 'gone'],
    ])
  })

  test.each([
    ['this account may not read', (shop: Shop) => shop.cluster.script.deny({ verb: 'get', name: 'fairlead.web.r1' })],
    ['somebody has changed', (shop: Shop) => shop.seed({ ...record(NOTES.one, 'ann'), binaryData: { record: 'eHg=' } } as ReturnType<typeof record>)],
  ])('lists a release whose record %s', async (_, change) => {
    const shop = new Shop().journal(LONG)
    change(shop)
    const { conclusion, details } = await shop.history()
    expect([conclusion, JSON.stringify(details)]).toEqual(['success', expect.stringContaining('"record":"unreadable"')])
  })

  test('offers nothing below a release that nothing can be gone back from', async () => {
    const irreversible = { ...NOTES.three, irreversible: 'drops a column' }
    const history = [
      { release: irreversible, at: AT },
      { release: NOTES.one, at: AT },
    ]
    const report = await new Shop().journal({ ...LONG, active: { ...ACTIVE, release: irreversible }, history }).history()
    expect(rows(report).map((row) => row.at(-1))).toEqual(['serves; irreversible: drops a column', ''])
  })

  test('knows two releases of a journal from before there was a history', async () => {
    expect(rows(await new Shop().journal(SETTLED).history()).map((row) => [row[0], row.at(-1)])).toEqual([
      ['2', 'serves'],
      ['1', 'can be gone back to'],
    ])
  })

  test('lists all apps of the namespace when none is named', async () => {
    const report = await new Shop().journal(SETTLED).journal(SETTLED, 'api').history({})
    expect(report.verdict).toBe('4 releases of api, web')
  })

  test('refuses an app nobody knows', async () => {
    const report = await new Shop().journal(SETTLED).history({ app: 'api' })
    expect([report.outputs['fault'], report.verdict]).toEqual(['NOT_FOUND', expect.stringContaining('expected the journal of api, got none')])
  })

  test('reads the journal and the records it names, and nothing else', async () => {
    const shop = new Shop().journal(LONG)
    await shop.history()
    expect(shop.cluster.script.requests.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`)).toEqual(
      ['fairlead.web', 'fairlead.web.r3', 'fairlead.web.r2', 'fairlead.web.r1'].map((name) => `get ConfigMap ${name}`),
    )
  })
})
