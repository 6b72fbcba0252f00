import { milliseconds } from '@fairlead/base'
import { describe, expect, test } from 'vitest'
import { accessOf, describeStep, undoOf, type Step } from '../../src/index.ts'
import { ON_PODS, ON_SERVICE } from '../stage.ts'

const BLUE = { type: 'slot', slot: 'blue' } as const
const GREEN = { type: 'slot', slot: 'green' } as const
const ADOPTED = { type: 'adopted', hash: 'h4sh' } as const
const S10 = milliseconds(10_000)
const SLOT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web-green' },
  spec: { template: { spec: { containers: [{ image: 'ghcr.io/shop/web:2' }] } } },
}
const NOTE = { number: 2, identity: 'f00d', images: [] }
const TARGET = { app: 'web', backend: GREEN, replicas: 2 }
const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'extra' } }
const MANIFEST = { object: MAP, file: 'a.yaml', line: 1, positionOf: () => ({ file: 'a.yaml', line: 1, column: 1 }) }
const HEALTH: Step = { type: 'await', targets: [TARGET, { ...TARGET, app: 'api' }], beside: [], timeout: S10, stability: S10 }

/** Every kind of step, as it is printed, and how it is said to be taken back. */
const STEPS: readonly (readonly [step: Step, text: string, undo: string | undefined])[] = [
  [
    { type: 'begin', app: 'web', release: NOTE, slot: 'green', from: BLUE, selector: {}, adopts: undefined, before: undefined },
    'write down that release 2 of web is on its way to green',
    undefined,
  ],
  [
    { type: 'hold', app: 'web', deployment: 'web', timeout: S10 },
    'hold Deployment web, so that nothing replaces the Pods that serve',
    'let Deployment web go again',
  ],
  [
    { type: 'pin', app: 'web', pin: { id: 'p1n', release: 2, identity: 'f00d', images: [], reason: 'it is slow', actor: 'ann' } },
    'pin release 2 of web, so that it is not released again: it is slow',
    undefined,
  ],
  [{ type: 'narrow', app: 'web', service: 'www' }, 'pin Service www to the Pods of Deployment web', 'give Service www its own selector back'],
  [
    { type: 'apply', config: [{ app: 'web', object: MAP }], companions: [{ app: 'web', object: SLOT, manifest: MANIFEST }], autoscalers: [], force: false },
    'apply ConfigMap extra, Deployment web-green',
    'give back what was changed, delete what was made',
  ],
  [{ type: 'empty', app: 'web', slot: 'green' }, 'scale web-green to 0, wait until its Pods are gone', undefined],
  [
    { type: 'prepare', app: 'web', slot: 'green', deployment: SLOT, replicas: 1, isNew: true, force: false },
    'apply Deployment web-green with ghcr.io/shop/web:2, 1 replica',
    'delete web-green',
  ],
  [
    { type: 'prepare', app: 'web', slot: 'green', deployment: SLOT, replicas: 3, isNew: false, force: false },
    'apply Deployment web-green with ghcr.io/shop/web:2, 3 replicas',
    'scale web-green to 0, put back what it held',
  ],
  [{ type: 'scale', app: 'web', backend: ADOPTED, replicas: 3, before: 0 }, 'scale web to 3', 'scale web to 0'],
  [HEALTH, 'wait up to 10s until web-green and api-green are healthy', undefined],
  [{ type: 'check', health: { ...HEALTH, targets: [TARGET] }, checks: ON_PODS }, 'check web-green: GET /healthz on every Pod: 200 within 2s, once', undefined],
  [
    { type: 'move', app: 'web', service: 'www', from: BLUE, to: GREEN, atLeast: 2, needs: [HEALTH], base: { app: 'web' } },
    'move Service www from blue to green',
    'move back to blue',
  ],
  [
    { type: 'move', app: 'web', service: 'www', from: undefined, to: GREEN, atLeast: 2, needs: [HEALTH], base: { app: 'web' } },
    'move Service www from nothing to green',
    'take the Service back',
  ],
  [{ type: 'prove', app: 'web', service: 'www', backend: GREEN, atLeast: 2 }, 'prove: every endpoint of www is a Pod of web-green', undefined],
  [{ type: 'hand-over', app: 'web', autoscaler: 'hpa', from: ADOPTED, to: GREEN }, 'point HPA hpa at web-green', 'point it back at web'],
  [{ type: 'settle', duration: S10 }, 'settle 10s: nodes and proxies follow', undefined],
  [
    { type: 'soak', duration: S10, targets: [{ ...TARGET, service: 'www' }], checks: ON_SERVICE, url: undefined },
    'soak 10s: checks on www, restarts, endpoints',
    undefined,
  ],
  [{ type: 'park', apps: ['web'], at: 'verified' }, 'park: verified, no traffic moved', undefined],
  [{ type: 'park', apps: ['web'], at: 'switched' }, 'park: switched, what served before is kept whole', undefined],
  [
    { type: 'record', app: 'web', release: NOTE, backend: GREEN, from: BLUE, isWayBack: true, standby: { type: 'cold' } },
    'record that release 2 of web serves again',
    undefined,
  ],
  [{ type: 'retire', app: 'web', backend: BLUE, drain: S10, standby: { type: 'cold' }, cleanup: false }, 'retire web-blue: drain 10s, scale to 0', undefined],
  [{ type: 'retire', app: 'web', backend: ADOPTED, drain: S10, standby: { type: 'cold' }, cleanup: true }, 'retire web: drain 10s, delete it', undefined],
  [{ type: 'reopen', app: 'web', service: 'www' }, 'give Service www its own selector back', undefined],
  [{ type: 'let-go', app: 'web', deployment: 'web' }, 'let Deployment web go again', undefined],
  [{ type: 'put-back', app: 'web', slot: 'green', before: SLOT }, 'put back what web-green held before', undefined],
  [{ type: 'remove', app: 'web', created: [{ apiVersion: 'v1', kind: 'Service', name: 'www' }] }, 'delete Service www', undefined],
  [{ type: 'end', app: 'web' }, 'write down that the rollout of web was taken back', undefined],
]

describe('a step', () => {
  test.for(STEPS)('%#: says what it does and how it is taken back', ([step, text, undo]) => {
    expect([describeStep(step), undoOf(step)]).toEqual([text, undo])
  })

  test('is shown here in every kind', () => {
    expect(new Set(STEPS.map(([{ type }]) => type)).size).toBe(23)
  })

  test.for(STEPS)('%#: asks for rights with verbs, unless it only waits', ([step]) => {
    const rules = accessOf(step)
    expect(rules.every(({ verbs, resource }) => verbs.length > 0 && resource !== '')).toBe(true)
    expect(rules.length > 0).toBe(step.type !== 'settle')
  })
})
