import fc from 'fast-check'
import { selects, valueAt, type KubeObject, type LabelSelector, type StringMap } from '@fairlead/kube'
import { SLOTS } from '@fairlead/traffic'
import { describe, expect, test } from 'vitest'
import { readIdentity, readNumber, slotDeployment, slotName } from '../../src/release/index.ts'
import { appRelease, faultOf, templateWith } from './samples.ts'

const selectorOf = (deployment: KubeObject) => valueAt(deployment, ['spec', 'selector']) as LabelSelector
const podLabelsOf = (deployment: KubeObject) => valueAt(deployment, ['spec', 'template', 'metadata', 'labels']) as StringMap

describe('slotDeployment', () => {
  test('writes the whole Deployment, without replicas', () => {
    const template = { ...templateWith(), metadata: { labels: { app: 'web' }, annotations: { scrape: 'yes' } } }
    const release = appRelease({ template, deployment: { minReadySeconds: 1, replicas: 4, paused: true }, replicas: 4 })
    expect(slotDeployment(release, { slot: 'green', namespace: 'shop', number: 42 })).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'web-green',
        namespace: 'shop',
        labels: { team: 'shop', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'green' },
        annotations: { owner: 'shop', 'fairlead.dev/release': 'f00d', 'fairlead.dev/number': '42' },
      },
      spec: {
        minReadySeconds: 1,
        revisionHistoryLimit: 2,
        selector: { matchLabels: { app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'green' } },
        template: {
          metadata: { labels: { app: 'web', 'fairlead.dev/app': 'web', 'fairlead.dev/slot': 'green' }, annotations: { scrape: 'yes' } },
          spec: { containers: [{ name: 'web', image: 'ghcr.io/shop/web:1' }] },
        },
      },
    })
  })

  test('keeps the history limit that was given', () => {
    const deployment = slotDeployment(appRelease({ deployment: { revisionHistoryLimit: 10 } }), { slot: 'blue', namespace: 'shop' })
    expect(valueAt(deployment, ['spec', 'revisionHistoryLimit'])).toBe(10)
  })

  test('has the same Pod template for another identity and number', () => {
    const [one, other] = [
      slotDeployment(appRelease(), { slot: 'blue', namespace: 'shop' }),
      slotDeployment(appRelease({ identity: 'beef' }), { slot: 'blue', namespace: 'shop', number: 7 }),
    ]
    expect(other.spec).toEqual(one.spec)
  })

  test('selects its own Pods, and neither those of the other slot nor of another app, for any labels', () => {
    const labels = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z0-9]{0,8}$/), { maxKeys: 4 })
    fc.assert(
      fc.property(labels, labels, (selector, more) => {
        const release = (app: string) => appRelease({ app, selector, template: { ...templateWith(), metadata: { labels: { ...more, ...selector } } } })
        const all = ['web', 'api'].flatMap((app) => SLOTS.map((slot) => slotDeployment(release(app), { slot, namespace: 'shop' })))
        const met = all.map((one) => all.filter((other) => selects(selectorOf(one), podLabelsOf(other))))
        expect(met).toEqual(all.map((one) => [one]))
      }),
    )
  })
})

describe('slotName', () => {
  test('names slots after the app', () => {
    expect(slotName('a'.repeat(50), 'green')).toBe(`${'a'.repeat(50)}-green`)
  })

  const refused: readonly (readonly [string, string, string])[] = [
    ['too long', 'a'.repeat(51), `app "${'a'.repeat(51)}": is too long for slots, expected at most 50 characters, got 51`],
    ['dotted', 'web.shop', 'app "web.shop": is no DNS label, expected a-z, 0-9 and hyphens between them, got "web.shop"'],
    ['ending in a hyphen', 'web-', 'app "web-": is no DNS label, expected a-z, 0-9 and hyphens between them, got "web-"'],
    ['empty', '', 'app "": is no DNS label, expected a-z, 0-9 and hyphens between them, got ""'],
  ]
  test.each(refused)('refuses a name that is %s', (_what, app, message) => {
    expect(faultOf(() => slotName(app, 'blue'))).toMatchObject({ code: 'INPUT_INVALID', message })
  })
})

describe('readIdentity', () => {
  test('reads back what slotDeployment wrote', () => {
    const deployment = slotDeployment(appRelease(), { slot: 'blue', namespace: 'shop', number: 3 })
    expect([readIdentity(deployment), readNumber(deployment)]).toEqual(['f00d', 3])
  })

  test('answers nothing for a Deployment of others', () => {
    const deployment = { metadata: { name: 'web' } }
    expect([readIdentity(deployment), readNumber(deployment)]).toEqual([undefined, undefined])
  })
})

describe('readNumber', () => {
  test('refuses what is no number', () => {
    const deployment = { metadata: { name: 'web', namespace: 'shop', annotations: { 'fairlead.dev/number': 'many' } } }
    expect(faultOf(() => readNumber(deployment))).toMatchObject({
      code: 'CONFLICT',
      message: 'Deployment "shop/web": fairlead.dev/number was changed, expected a number, got "many"',
    })
  })
})
