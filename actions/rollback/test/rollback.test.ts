import { parseInputs, run, type Report } from '@fairlead/action'
import type { Transport } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import type { KubeObject } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { describe, expect, test } from 'vitest'
import { inputs, validateInputs } from '../src/inputs.ts'
import { rollback } from '../src/operation.ts'

/** A host of sources on which every commit follows the last, and which knows of no run. */
const NOBODY = { isOver: async () => undefined, compare: async () => 'ahead' as const }

const NOT_BETWEEN: readonly (readonly [name: string, given: Readonly<Record<string, string>>, says: readonly string[]])[] = [
  ['one app', { app: 'web' }, []],
  ['two apps with Services', { app: 'web\napi', service: 'web=www\napi=rest' }, []],
  ['no app', {}, ['input "app": is required, got nothing']],
  ['an app twice', { app: 'web\nweb' }, ['input "app": expected each app once, got "web" twice']],
  ['a Service of nobody', { app: 'web', service: 'api=www' }, ['input "service": expected one of the apps web, got "api"']],
  ['a number for one app', { app: 'web', to: '41' }, []],
  ['numbers for two apps', { app: 'web\napi', to: 'web=41\napi=17' }, []],
  ['a tag for two apps', { app: 'web\napi', to: '1.4.2' }, []],
  ['a bare number for two', { app: 'web\napi', to: '41' }, ['input "to": expected app=number with several apps, got 41']],
  ['a number for one of two', { app: 'web\napi', to: 'web=41' }, ['input "to": expected a line for each app, got none for api']],
  ['checks nobody would watch', { app: 'web', checks: '[{path: /, on: service}]' }, ['input "checks": expected questions for Pods, got 1 with `on: service`']],
  ['a bare Service for two', { app: 'web\napi', service: 'www' }, ['input "service": expected app=service with several apps, got "www"']],
]

describe('validateInputs', () => {
  test.for(NOT_BETWEEN)('%s', ([, given, says]) => {
    expect(validateInputs(parseInputs(inputs, (name) => given[name])).map(({ message }) => message)).toEqual(says)
  })
})

const BLUE = { backend: { type: 'slot', slot: 'blue' }, release: { number: 1, identity: 'one', images: [] } }
const GREEN = { backend: { type: 'slot', slot: 'green' }, release: { number: 2, identity: 'two', images: [] } }

function slot(name: 'blue' | 'green', identity: string, replicas: number): KubeObject {
  const labels = { app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `web-${name}`, namespace: 'shop', labels, annotations: { 'fairlead.dev/release': identity } },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } } },
  }
}

/** Release 2 serves from green, release 1 is kept at zero. */
function released(): FakeCluster {
  const cluster = new FakeCluster({ clock: new ManualClock(), namespaces: ['shop'] })
  const journal = { format: 1, token: 2, last: 2, active: GREEN, previous: BLUE }
  cluster.seed(
    slot('blue', 'one', 0),
    slot('green', 'two', 2),
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'web', 'fairlead.dev/slot': 'green' } } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fairlead.web', namespace: 'shop' }, data: { journal: JSON.stringify(journal) } } as KubeObject,
  )
  return cluster
}

async function asked(cluster: FakeCluster, given: Readonly<Record<string, string>> = {}): Promise<Report> {
  const host = {
    environment: {},
    workspace: '/w',
    temporaryFolder: '/t',
    origin: { holder: 'ann@laptop #1', actor: 'ann' },
    clock: new ManualClock(),
    signal: new AbortController().signal,
    mask: () => undefined,
  }
  return await run(rollback, {
    host,
    read: (name) => ({ namespace: 'shop', app: 'web', ...given })[name],
    connect: async () => ({ cluster, web: {} as Transport, github: NOBODY }),
    print: () => undefined,
    leave: () => undefined,
  })
}

function writes(cluster: FakeCluster): number {
  return cluster.script.requests.filter(({ verb }) => !['get', 'list', 'watch', 'may', 'rules'].includes(verb)).length
}

describe('rollback', () => {
  test('tells in a dry run what it would do, and writes nothing', async () => {
    const cluster = released()
    const report = await asked(cluster, { 'dry-run': 'true' })
    expect([report.conclusion, report.verdict, writes(cluster)]).toEqual(['success', 'Dry run: 7 steps; nothing was written', 0])
  })

  test('changes nothing where the release that is named serves already', async () => {
    const cluster = released()
    const report = await asked(cluster, { to: '2' })
    expect([report.conclusion, report.verdict, report.outputs['release'], writes(cluster)]).toEqual([
      'unchanged',
      'Unchanged: release 2 of web serves already',
      '2',
      0,
    ])
  })

  test('refuses where there is nothing to go back to, and changes nothing', async () => {
    const cluster = new FakeCluster({ namespaces: ['shop'] })
    const report = await asked(cluster)
    const reason = 'web: nothing to roll back to, it has never been released'
    expect([report.conclusion, report.verdict, report.outputs['diagnosis'], writes(cluster)]).toEqual([
      'failure',
      `Refused: ${reason}. Nothing was changed`,
      JSON.stringify([{ cause: 'no-way-back', message: reason }]),
      0,
    ])
  })

  test('says what serves although it refuses', async () => {
    const cluster = released()
    await cluster.delete({
      resource: { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true },
      namespace: 'shop',
      name: 'web-blue',
    })
    const { outputs, conclusion } = await asked(cluster)
    expect([conclusion, outputs['release'], outputs['previous-release'], outputs['active-slot']]).toEqual(['failure', '2', '1', 'green'])
  })

  test('asks for every right before the first write', async () => {
    const cluster = released()
    cluster.script.deny({ verb: 'patch', resource: 'deployments' })
    const report = await asked(cluster)
    expect([report.outputs['fault'], writes(cluster)]).toEqual(['ACCESS_DENIED', 0])
  })
})
