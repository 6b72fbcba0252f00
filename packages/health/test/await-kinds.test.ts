import { describe, expect, test } from 'vitest'
import { fixture } from './fixture.ts'
import { reference, Stage, WEB } from './stage.ts'

describe('awaitHealthy, of one kind or another', () => {
  test('tells kinds of one name apart by their API group, and asks for nothing a foreign kind does not need', async () => {
    const resource = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', plural: 'services', namespaced: true }
    const foreign = { reference: { resource, namespace: 'shop', name: 'web' } }
    const object = {
      apiVersion: resource.apiVersion,
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop', uid: 'knative' },
      status: { conditions: [{ type: 'Ready', status: 'False', message: 'no revision' }] },
    }
    const stage = new Stage([resource]).show('service-ready').seed(object)
    await stage.wait([reference('Service', 'web'), foreign], { timeout: 0 })
    expect(stage.report?.targets.map(({ health }) => health)).toEqual([
      { status: 'Healthy', message: '2 ready endpoints' },
      { status: 'Progressing', message: 'Ready is False: no revision' },
    ])
    const alone = new Stage([resource]).seed(object)
    await alone.wait([foreign], { timeout: 0 })
    expect(alone.requests('list')).toEqual(['Service metadata.name=web'])
  })

  test('looks for the Pods of a ReplicationController by its selector', async () => {
    const stage = new Stage().show('replication-controller-none-ready')
    await stage.wait([reference('ReplicationController', 'old-web')], { timeout: 0 })
    expect(stage.requests('list')).toEqual(['ReplicationController metadata.name=old-web', 'Pod app=old-web', 'Event'])
  })

  const ages = [
    { name: 'a Deployment that was Healthy before we looked', show: 'deployment-healthy', kind: 'Deployment', sinceTime: '2026-03-02T10:00:05Z' },
    { name: 'an object that only exists', show: 'config-map-present', kind: 'ConfigMap', sinceTime: '2026-03-02T10:00:00Z' },
  ]
  test.each(ages)('tells since when it has been so, by the clock of the cluster, of $name', async ({ show, kind, sinceTime }) => {
    const { object } = fixture(show)
    for (const timeout of [0, 10_000]) {
      const stage = new Stage().show(show)
      await stage.wait([reference(kind, object.metadata.name)], { timeout })
      await stage.pass(timeout)
      expect(stage.report).toMatchObject({ status: 'Healthy', targets: [{ sinceTime }] })
    }
  })

  test('tells no such time of a status that came while we watched', async () => {
    const stage = new Stage().show('service-no-endpoints', 'deployment-healthy')
    await stage.wait([reference('Service', 'web'), WEB])
    await stage.pass(30_000)
    stage.show('service-ready')
    await stage.pass(0)
    expect(stage.report?.targets.map(({ since, sinceTime }) => [since, sinceTime])).toEqual([
      [0, undefined],
      [25_000, '2026-03-02T10:00:05Z'],
    ])
  })
})
