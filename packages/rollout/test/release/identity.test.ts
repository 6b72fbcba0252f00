import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, companionsIdentity, identityOf, type IdentityParts } from '../../src/release/index.ts'
import { appRelease, config, manifestOf, templateWith } from './samples.ts'

const SERVICE = {
  object: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } },
  selector: { app: 'web' },
  manifest: manifestOf({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' } }),
}

const PARTS: IdentityParts = {
  ...appRelease({ config: [config('ConfigMap', 'web-1', { data: { a: '1' } })], service: SERVICE }),
  autoscalers: [{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec: { maxReplicas: 6 } }],
}

/** The same JSON value with the keys of every map in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, shuffled(inner)]),
  )
}

describe('identityOf', () => {
  test('is the same in every version, or every app would be released again', () => {
    expect(identityOf(PARTS)).toBe('3012f683abd06a4c7ef368eea44291164932f61207d009abe686a5b7ac93934e')
  })

  test('does not depend on the order of keys, for any JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 }), (extra) => {
        const parts = { ...PARTS, template: { ...templateWith(), spec: { ...templateWith().spec, extra } }, deployment: extra }
        const turned = {
          ...parts,
          template: shuffled(parts.template) as IdentityParts['template'],
          deployment: shuffled(extra) as Readonly<Record<string, unknown>>,
        }
        expect(identityOf(turned)).toBe(identityOf(parts))
      }),
    )
  })

  const same: readonly (readonly [string, Partial<IdentityParts> & Readonly<Record<string, unknown>>])[] = [
    ['replicas of the Deployment', { deployment: { ...PARTS.deployment, replicas: 7 } }],
    ['replicas of the release', { replicas: 7 }],
    ['annotations of the Deployment', { annotations: { run: '7' } }],
    ['notes', { notes: ['seven'] }],
    ['a property that is undefined', { deployment: { ...PARTS.deployment, strategy: undefined } }],
    ['names and labels of copies', { config: [{ ...config('ConfigMap', 'other', { data: { a: '1' } }) }] }],
  ]
  test.each(same)('does not depend on %s', (_what, change) => {
    expect(identityOf({ ...PARTS, ...change })).toBe(identityOf(PARTS))
  })

  const other: readonly (readonly [string, Partial<IdentityParts>])[] = [
    ['the image', { template: templateWith({ containers: [{ name: 'web', image: 'ghcr.io/shop/web:2' }] }) }],
    ['the labels', { labels: {} }],
    ['the selector', { selector: { app: 'web', tier: 'front' } }],
    ['the Deployment', { deployment: { minReadySeconds: 2 } }],
    ['the content of configuration', { config: [config('ConfigMap', 'web-1', { data: { a: '2' } })] }],
    ['the ports of the Service', { service: { ...SERVICE, object: { ...SERVICE.object, spec: { ports: [{ port: 81 }] } } } }],
    ['the bounds of an HPA', { autoscalers: PARTS.autoscalers.map((each) => ({ ...each, spec: { maxReplicas: 7 } })) }],
  ] as const
  test.each(other)('depends on %s', (_what, change) => {
    expect(identityOf({ ...PARTS, ...change })).not.toBe(identityOf(PARTS))
  })
})

describe('companionsIdentity', () => {
  const [one, two] = [manifestOf(config('ConfigMap', 'a')), manifestOf(config('ConfigMap', 'b'))]

  test('does not depend on the order of the objects, nor on their status', () => {
    const dressed = { ...one, object: { ...one.object, status: { seen: true } } }
    expect(companionsIdentity({ companions: [two, dressed] })).toBe(companionsIdentity({ companions: [one, two] }))
  })

  test('depends on the content', () => {
    expect(companionsIdentity({ companions: [one] })).not.toBe(companionsIdentity({ companions: [manifestOf(config('ConfigMap', 'a', { data: {} }))] }))
  })
})

describe('canonicalJson', () => {
  test('writes JSON that reads back as the same value, for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  test('sorts keys by code unit and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [1, undefined, null], a: undefined, B: { 10: 'x', 9: 'y' } })).toBe('{"B":{"10":"x","9":"y"},"b":[1,null,null]}')
  })
})
