import { run, type Report } from '@fairlead/action'
import type { Transport, Workspace } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import type { Registry } from '@fairlead/image'
import { parseManifests } from '@fairlead/kube'
import { deploymentController, endpointSliceController, FakeCluster } from '@fairlead/kube/testing'
import { describe, expect, test } from 'vitest'
import { deployBlueGreen } from '../src/operation.ts'

/** A host of sources on which every commit follows the last, and which knows of no run. */
const NOBODY = { isOver: async () => undefined, compare: async () => 'ahead' as const }

const QUICK = { timeout: '60s', settle: '1s', soak: '1s', drain: '1s', stability: '1s' }
const MANIFESTS = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "ghcr.io/shop/web:1"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`
const DIGEST = `sha256:${'a'.repeat(64)}`
const WRITES = ['create', 'update', 'apply', 'patch', 'delete']

/** The whole action over a cluster that behaves. */
class Shop {
  readonly clock = new ManualClock()
  readonly cluster = new FakeCluster({ clock: this.clock, namespaces: ['shop'] })
  readonly printed: string[] = []
  text = MANIFESTS
  digest: string | undefined

  constructor() {
    this.cluster.control(deploymentController())
    this.cluster.control(endpointSliceController())
  }

  async adoptable(): Promise<this> {
    for (const { object } of parseManifests([{ file: 'a.yaml', text: MANIFESTS }]))
      await this.cluster.create({ ...object, metadata: { ...object.metadata, namespace: 'shop' } }, { manager: 'kubectl' })
    return this
  }

  async deploy(given: Readonly<Record<string, string>>): Promise<Report> {
    const workspace: Workspace = { read: async () => [{ file: 'web.yaml', text: this.text }] }
    const registry: Registry = {
      digestOf: async () => (this.digest === undefined ? { type: 'unreadable', message: 'no account' } : { type: 'found', digest: this.digest }),
    }
    const ports = { cluster: this.cluster, workspace, registry, renderer: { render: async () => this.text }, web: {} as Transport, github: NOBODY }
    const signal = new AbortController().signal
    const host = {
      environment: {},
      workspace: '/w',
      temporaryFolder: '/t',
      origin: { holder: 'ann@laptop #1', actor: 'ann' },
      clock: this.clock,
      signal,
      mask: () => undefined,
    }
    const state = { over: false }
    const ended = run(deployBlueGreen, {
      host,
      read: (name) => ({ ...QUICK, namespace: 'shop', app: 'web', ...given })[name],
      connect: async () => ports,
      print: (line) => this.printed.push(line),
      leave: () => undefined,
    }).finally(() => (state.over = true))
    for (let turn = 0; !state.over && turn < 500; turn += 1) await this.clock.advance(500)
    return await ended
  }

  writes(): number {
    return this.cluster.script.requests.filter(({ verb, dryRun }) => WRITES.includes(verb) && dryRun !== true).length
  }

  image(name: string): unknown {
    const found = this.cluster.objects().find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === name)
    return (found?.spec as { readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } } | undefined)?.template.spec
      .containers[0]?.image
  }
}

describe('deploy-bluegreen', () => {
  test('prints what it would do and writes nothing in a dry run', async () => {
    const shop = await new Shop().adoptable()
    const before = [shop.writes(), shop.cluster.objects()]
    const report = await shop.deploy({ manifests: 'web.yaml', 'dry-run': 'true' })
    expect(report.conclusion).toBe('success')
    expect(report.verdict).toMatch(/^Dry run: 12 steps, \d objects would change; nothing was written$/)
    expect([shop.writes(), shop.cluster.objects()]).toEqual(before)
    expect(shop.printed.some((line) => line.includes('hold Deployment web'))).toBe(true)
  })

  test('shows in a dry run what the API server would refuse', async () => {
    const shop = await new Shop().adoptable()
    shop.cluster.script.fail({ verb: 'apply', kind: 'Deployment' }, { code: 422, reason: 'Invalid', message: 'spec.template: Invalid value' })
    const report = await shop.deploy({ manifests: 'web.yaml', 'dry-run': 'true' })
    expect([report.conclusion, report.verdict]).toEqual(['failure', expect.stringMatching(/^Dry run: the API server would refuse 1 of \d objects: /)])
  })

  test('is unchanged in a dry run of what serves', async () => {
    const shop = new Shop()
    await shop.deploy({ manifests: 'web.yaml' })
    expect((await shop.deploy({ manifests: 'web.yaml', 'dry-run': 'true' })).conclusion).toBe('unchanged')
  })

  test('releases an image into what serves, by digest where the registry tells', async () => {
    const shop = await new Shop().adoptable()
    shop.digest = DIGEST
    const report = await shop.deploy({ image: 'ghcr.io/shop/web:2' })
    expect([report.conclusion, shop.image('web-blue'), shop.image('web')]).toEqual(['success', `ghcr.io/shop/web:2@${DIGEST}`, 'ghcr.io/shop/web:1'])
  })

  test('recognizes the image that serves already, also when it was released from manifests', async () => {
    const shop = new Shop()
    await shop.deploy({ manifests: 'web.yaml' })
    const report = await shop.deploy({ image: 'ghcr.io/shop/web:1' })
    expect([report.conclusion, report.verdict]).toEqual(['unchanged', 'Unchanged: web: this release serves already'])
  })

  test('takes another digest of the same tag for another release', async () => {
    const shop = new Shop()
    await shop.deploy({ manifests: 'web.yaml' })
    shop.digest = DIGEST
    expect((await shop.deploy({ image: 'ghcr.io/shop/web:1' })).conclusion).toBe('success')
    expect(shop.image('web-green')).toBe(`ghcr.io/shop/web:1@${DIGEST}`)
  })

  test('gives each of two apps its own image', async () => {
    const shop = new Shop()
    shop.text = `${MANIFESTS}---\n${MANIFESTS.replaceAll('web', 'api')}`
    await shop.deploy({ app: 'web\napi', manifests: 'all.yaml' })
    await shop.deploy({ app: 'web\napi', image: 'api=ghcr.io/shop/api:2\nweb=ghcr.io/shop/web:3' })
    expect([shop.image('web-green'), shop.image('api-green')]).toEqual(['ghcr.io/shop/web:3', 'ghcr.io/shop/api:2'])
  })

  const REFUSALS: readonly (readonly [name: string, given: Readonly<Record<string, string>>, says: RegExp])[] = [
    ['an image for what does not serve', { image: 'web:1' }, /expected web to serve already, so that only its image changes/],
    ['manifests without the app', { manifests: 'web.yaml', app: 'api' }, /api/],
  ]

  test.for(REFUSALS)('refuses %s before anything is written', async ([, given, says]) => {
    const shop = new Shop()
    const report = await shop.deploy(given)
    expect([report.conclusion, report.outputs['fault'], report.verdict, shop.writes()]).toEqual(['failure', 'INPUT_INVALID', expect.stringMatching(says), 0])
  })

  test('lists every right that is missing, as a Role, before anything is written', async () => {
    const shop = await new Shop().adoptable()
    const before = shop.writes()
    shop.cluster.script.deny({ verb: 'patch', resource: 'services' })
    const report = await shop.deploy({ manifests: 'web.yaml' })
    expect([report.outputs['fault'], shop.writes()]).toEqual(['ACCESS_DENIED', before])
    expect(JSON.stringify(report.summary)).toContain('kind: Role')
  })
})
