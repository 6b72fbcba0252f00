import { isFault } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { describe, expect, test } from 'vitest'
import { deleteJournal, EMPTY_JOURNAL, journalReference, readJournal, writeJournal, type Journal } from '../../src/index.ts'

const PLACE = { namespace: 'shop', app: 'web' }
const RELEASED: Journal = {
  format: 1,
  token: 3,
  last: 2,
  active: { backend: { type: 'slot', slot: 'blue' }, release: { number: 2, identity: 'f00d', images: ['web:2'] } },
}

function clusterWith(data?: Readonly<Record<string, string>>): FakeCluster {
  const cluster = new FakeCluster({ namespaces: ['shop'] })
  if (data !== undefined) cluster.seed({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fairlead.web', namespace: 'shop' }, data } as KubeObject)
  return cluster
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action
    return 'none'
  } catch (error) {
    return isFault(error) ? `${error.code}: ${error.message}` : String(error)
  }
}

/** A journal that is right but for what is given. */
function journalText(more: object): string {
  return JSON.stringify({ ...RELEASED, ...more })
}

describe('readJournal', () => {
  test('answers the empty journal where there is none', async () => {
    expect(await readJournal(clusterWith(), PLACE)).toEqual({ journal: EMPTY_JOURNAL, resourceVersion: undefined })
  })

  test('answers what was written, with the version that guards the next write', async () => {
    const cluster = clusterWith()
    const kept = await writeJournal(cluster, PLACE, { journal: RELEASED, resourceVersion: undefined })
    expect(await readJournal(cluster, PLACE)).toEqual({ journal: RELEASED, resourceVersion: kept.resourceVersion })
    expect(cluster.objects().find(({ kind }) => kind === 'ConfigMap')?.metadata.labels).toEqual({ 'fairlead.dev/app': 'web' })
  })

  const NAME = 'ConfigMap "shop/fairlead.web"'
  const CASES: readonly { readonly name: string; readonly data: Readonly<Record<string, string>>; readonly refused: string }[] = [
    { name: 'no journal in it', data: {}, refused: `CONFLICT: ${NAME}: expected the journal of an app under "journal", got nothing` },
    { name: 'no JSON', data: { journal: '{' }, refused: `CONFLICT: ${NAME}: expected the journal of an app under "journal", got something else` },
    { name: 'a list', data: { journal: '[]' }, refused: `CONFLICT: ${NAME}: expected the journal of an app under "journal", got something else` },
    { name: 'null', data: { journal: 'null' }, refused: `CONFLICT: ${NAME}: expected the journal of an app under "journal", got something else` },
    { name: 'no format', data: { journal: '{"token":1}' }, refused: `CONFLICT: ${NAME}: expected the journal of an app under "journal", got something else` },
    {
      name: 'a history cut in half',
      data: { journal: journalText({ history: [{ release: { number: 1 } }] }) },
      refused: `CONFLICT: ${NAME}: expected the journal of an app under "journal", got something else`,
    },
    {
      name: 'a pin without a reason',
      data: { journal: journalText({ pin: { id: 'a', release: 1, images: [] } }) },
      refused: `CONFLICT: ${NAME}: expected the journal of an app under "journal", got something else`,
    },
    {
      name: 'a mark that is no commit',
      data: { journal: journalText({ mark: 'main' }) },
      refused: `CONFLICT: ${NAME}: expected the journal of an app under "journal", got something else`,
    },
    { name: 'a format to come', data: { journal: '{"format":2}' }, refused: `UNSUPPORTED: ${NAME}: was written in format 2, expected 1` },
  ]

  test.for(CASES)('never takes what it cannot understand for an empty one: $name', async ({ data, refused }) => {
    expect(await codeOf(readJournal(clusterWith(data), PLACE))).toBe(refused)
  })
})

describe('a journal that was edited by hand', () => {
  const edit = async (change: (text: string) => string, annotations?: Readonly<Record<string, string>>) => {
    const cluster = clusterWith()
    await writeJournal(cluster, PLACE, { journal: RELEASED, resourceVersion: undefined })
    const live = await cluster.get(journalReference(PLACE.namespace, PLACE.app))
    const { data } = live as unknown as { readonly data: { readonly journal: string } }
    const metadata = { ...live?.metadata, name: 'fairlead.web', ...(annotations === undefined ? {} : { annotations }) }
    cluster.seed({ ...live, apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { journal: change(data.journal) } } as KubeObject)
    return cluster
  }

  test('is refused although it reads well', async () => {
    expect(await codeOf(readJournal(await edit((text) => text.replace('blue', 'green')), PLACE))).toMatch(/^CONFLICT: .*was edited by hand/)
  })

  test('is taken at its word once its seal is off', async () => {
    const { journal } = await readJournal(await edit((text) => text.replace('blue', 'green'), {}), PLACE)
    expect(journal.active?.backend).toEqual({ type: 'slot', slot: 'green' })
  })
})

describe('writeJournal', () => {
  test('refuses to overwrite what somebody else has written since', async () => {
    const cluster = clusterWith()
    const kept = await writeJournal(cluster, PLACE, { journal: RELEASED, resourceVersion: undefined })
    await writeJournal(cluster, PLACE, { ...kept, journal: { ...RELEASED, token: 4 } })
    expect(await codeOf(writeJournal(cluster, PLACE, { ...kept, journal: { ...RELEASED, token: 5 } }))).toMatch(/^CONFLICT: /)
    expect((await readJournal(cluster, PLACE)).journal.token).toBe(4)
  })

  test('refuses to make what somebody else has made since', async () => {
    const cluster = clusterWith()
    await writeJournal(cluster, PLACE, { journal: { ...RELEASED, token: 1 }, resourceVersion: undefined })
    expect(await codeOf(writeJournal(cluster, PLACE, { journal: { ...RELEASED, token: 1, last: 7 }, resourceVersion: undefined }))).toMatch(/^CONFLICT: /)
  })

  test('refuses to make again what was deleted since', async () => {
    const cluster = clusterWith()
    const kept = await writeJournal(cluster, PLACE, { journal: RELEASED, resourceVersion: undefined })
    await deleteJournal(cluster, PLACE, kept)
    expect(await codeOf(writeJournal(cluster, PLACE, kept))).toMatch(/^(?:CONFLICT|NOT_FOUND): /)
  })

  test('keeps to a size that costs nothing', async () => {
    const images = Array.from({ length: 900 }, (_, index) => `ghcr.io/shop/web@sha256:${String(index).padStart(64, '0')}`)
    const journal: Journal = { ...RELEASED, active: { backend: { type: 'slot', slot: 'blue' }, release: { number: 2, identity: 'f00d', images } } }
    const refused = await codeOf(writeJournal(clusterWith(), PLACE, { journal, resourceVersion: undefined }))
    expect(refused).toMatch(/^UNSUPPORTED: ConfigMap "shop\/fairlead.web": the journal would have \d+ bytes, expected at most 65536$/)
  })
})

describe('deleteJournal', () => {
  test('leaves what somebody else has written since', async () => {
    const cluster = clusterWith()
    const kept = await writeJournal(cluster, PLACE, { journal: RELEASED, resourceVersion: undefined })
    await writeJournal(cluster, PLACE, { ...kept, journal: { ...RELEASED, token: 4 } })
    expect(await codeOf(deleteJournal(cluster, PLACE, kept))).toMatch(/^CONFLICT: /)
  })
})
