import { run } from '@fairlead/action'
import type { Transport, Workspace } from '@fairlead/base'
import { ManualClock } from '@fairlead/base/testing'
import { deployBlueGreen } from '@fairlead/deploy-bluegreen/operation'
import type { Registry } from '@fairlead/image'
import { deploymentController, endpointSliceController, FakeCluster } from '@fairlead/kube/testing'
import { describe, expect, test } from 'vitest'
import { Story, type Scene } from '../src/view/story.ts'

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
const QUICK: Readonly<Record<string, string>> = { timeout: '60s', settle: '1s', soak: '1s', drain: '1s', stability: '1s' }

/** What a whole release says, line by line, read as a story. */
async function scenes(inputs: Readonly<Record<string, string>>): Promise<readonly Scene[]> {
  const clock = new ManualClock()
  const cluster = new FakeCluster({ clock, namespaces: ['shop'] })
  cluster.control(deploymentController())
  cluster.control(endpointSliceController())
  const workspace: Workspace = { read: async () => [{ file: 'web.yaml', text: MANIFESTS }] }
  const registry: Registry = { digestOf: async () => ({ type: 'unreadable', message: 'no account' }) }
  const github = { isOver: async () => undefined, compare: () => Promise.reject(new Error('nobody compares')) }
  const ports = { cluster, workspace, registry, renderer: { render: async () => MANIFESTS }, web: {} as Transport, github }
  const origin = { holder: 'ann@laptop #1', actor: 'ann' }
  const host = { environment: {}, workspace: '/w', temporaryFolder: '/t', origin, clock, signal: new AbortController().signal, mask: () => undefined }
  const story = new Story()
  const told: Scene[] = []
  const state = { over: false }
  const ended = run(deployBlueGreen, {
    host,
    read: (name) => ({ ...QUICK, namespace: 'shop', app: 'web', manifests: 'web.yaml', ...inputs })[name],
    connect: async () => ports,
    print: (line) => told.push(story.read(line)),
    leave: () => undefined,
  }).finally(() => (state.over = true))
  for (let turn = 0; !state.over && turn < 500; turn += 1) await clock.advance(500)
  expect((await ended).conclusion).toBe('success')
  return told
}

describe('a story', () => {
  test('tells every step of a release with its end, and the plan before as text', async () => {
    const told = await scenes({})
    const steps = told.filter((scene) => scene.type === 'step')
    const ends = told.filter((scene) => scene.type === 'ended')
    const plan = told.filter((scene) => scene.type === 'text' && /^ ?\d+ {2}/.test(scene.text))
    expect(steps.length).toBeGreaterThan(5)
    expect(steps.map(({ number }) => number)).toEqual(steps.map((_, index) => String(index + 1)))
    expect([ends.length, plan.length]).toEqual([steps.length, steps.length])
    expect(ends.every(({ ok, text }) => ok && text !== '')).toBe(true)
    expect(told.some((scene) => scene.type === 'said' && scene.text.includes('web-blue'))).toBe(true)
  })

  test('tells no step of a dry run', async () => {
    const told = await scenes({ 'dry-run': 'true' })
    expect(told.map(({ type }) => type)).toEqual(told.map(() => 'text'))
    expect(told.length).toBeGreaterThan(5)
  })
})
