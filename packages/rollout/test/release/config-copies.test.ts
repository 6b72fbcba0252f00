import fc from 'fast-check'
import type { KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { configLabel, configReferences, contentDigest, copyConfig, type PodTemplate } from '../../src/release/index.ts'
import { config, manifestOf, templateWith } from './samples.ts'

const copy = (template: PodTemplate, objects: readonly KubeObject[], app = 'web') =>
  copyConfig(template, { app, namespace: 'shop', objects: objects.map(manifestOf) })

const mounting = (name: string) => templateWith({ volumes: [{ name: 'settings', configMap: { name } }] })
const using = (name: string) => templateWith({ volumes: [{ name: 'keys', secret: { secretName: name } }] })

/** Every place in a Pod that names a ConfigMap or a Secret, as a piece of a spec. */
const CONTAINER_PLACES: Readonly<Record<string, (name: string) => Readonly<Record<string, unknown>>>> = {
  'ConfigMap key': (name) => ({
    env: [
      { name: 'A', valueFrom: { configMapKeyRef: { name, key: 'a', optional: true } } },
      { name: 'PLAIN', value: name },
    ],
  }),
  'Secret key': (name) => ({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name, key: 'a' } } }] }),
  'ConfigMap envFrom': (name) => ({ envFrom: [{ prefix: 'X', configMapRef: { name } }] }),
  'Secret envFrom': (name) => ({ envFrom: [{ secretRef: { name } }] }),
}
const POD_PLACES: Readonly<Record<string, (name: string) => Readonly<Record<string, unknown>>>> = {
  'ConfigMap volume': (name) => ({ volumes: [{ name, configMap: { name, items: [{ key: 'a', path: name }] } }] }),
  'Secret volume': (name) => ({ volumes: [{ name, secret: { secretName: name, defaultMode: 256 } }] }),
  'ConfigMap projected': (name) => ({ volumes: [{ name, projected: { sources: [{ downwardAPI: {} }, { configMap: { name } }] } }] }),
  'Secret projected': (name) => ({ volumes: [{ name, projected: { sources: [{ secret: { name } }] } }] }),
  'Secret csi': (name) => ({ volumes: [{ name, csi: { driver: 'd', nodePublishSecretRef: { name } } }] }),
  'Secret azureFile': (name) => ({ volumes: [{ name, azureFile: { secretName: name, shareName: 's' } }] }),
  'Secret iscsi': (name) => ({ volumes: [{ name, iscsi: { secretRef: { name } } }] }),
  'Secret imagePullSecrets': (name) => ({ imagePullSecrets: [{ name }] }),
}
const PLACES: readonly (readonly [string, (name: string) => PodTemplate])[] = [
  ...Object.entries(CONTAINER_PLACES).flatMap(([what, piece]) =>
    ['containers', 'initContainers'].map((list): readonly [string, (name: string) => PodTemplate] => [
      `${what} in ${list}`,
      (name) =>
        templateWith({
          [list]: [
            { name: 'other', image: 'a' },
            { name, image: 'b', ...piece(name) },
          ],
        }),
    ]),
  ),
  ...Object.entries(POD_PLACES).map(([what, piece]): readonly [string, (name: string) => PodTemplate] => [what, (name) => templateWith(piece(name))]),
]

/** Puts several templates' lists behind one another. */
function merged(templates: readonly PodTemplate[]): PodTemplate {
  const lists = ['containers', 'initContainers', 'volumes', 'imagePullSecrets'] as const
  const spec = Object.fromEntries(lists.map((list) => [list, templates.flatMap((template): readonly unknown[] => template.spec[list] ?? [])]))
  return { metadata: { labels: { app: 'web' } }, spec: spec as unknown as PodTemplate['spec'] }
}

describe('copyConfig', () => {
  test('writes the whole copy', () => {
    const original: KubeObject = {
      ...config('Secret', 'keys', { stringData: { token: 'a' }, data: { key: 'Yg==' } }),
      metadata: {
        name: 'keys',
        labels: { team: 'shop' },
        annotations: { owner: 'shop', 'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"token":"a"}}' },
      },
    }
    const { template, copies, notes } = copy(using('keys'), [original])
    expect(copies).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'keys-db9f5a4456',
          namespace: 'shop',
          labels: { team: 'shop', 'fairlead.dev/app': 'web', 'fairlead.dev/config': 'keys' },
          annotations: { owner: 'shop' },
        },
        type: 'Opaque',
        data: { token: 'YQ==', key: 'Yg==' },
        immutable: true,
      },
    ])
    expect([template, notes]).toEqual([using('keys-db9f5a4456'), []])
  })

  test.each(PLACES)('rewrites a %s and nothing else', (what, place) => {
    const kind = what.startsWith('ConfigMap') ? 'ConfigMap' : 'Secret'
    const other = kind === 'ConfigMap' ? 'Secret' : 'ConfigMap'
    const before = place('used')
    const { template, copies } = copy(before, [config(other, 'used'), config(kind, 'used')])
    expect(copies.map((each) => each.kind)).toEqual([kind])
    expect(configReferences(template)).toEqual([{ kind, name: copies[0]?.metadata.name }])
    // One text of the whole template has changed, and is the old one in all other places.
    const changed = JSON.stringify(template).split(`"${copies[0]?.metadata.name}"`)
    expect(changed.length).toBe(2)
    expect(JSON.stringify(before)).toBe(changed.join('"used"'))
  })

  test('rewrites references everywhere at once, for any template', () => {
    const places = fc.subarray([...PLACES], { minLength: 1 })
    fc.assert(
      fc.property(places, fc.constantFrom('settings', 'a.b-c', 'x'.repeat(253)), (chosen, name) => {
        const before = merged(chosen.map(([, place]) => place(name)))
        const { template, copies } = copy(before, [config('ConfigMap', name), config('Secret', name)])
        expect(configReferences(template).map((reference) => ({ ...reference }))).toEqual(copies.map(({ kind, metadata }) => ({ kind, name: metadata.name })))
        expect(configReferences(template).every((reference) => reference.name !== name)).toBe(true)
        expect(copies.length).toBe(new Set(chosen.map(([what]) => what.split(' ')[0])).size)
      }),
    )
  })

  test('names copies by content: not by the order of keys, nor by labels, namespace or the spelling of a Secret', () => {
    const name = (object: KubeObject) => copy(object.kind === 'Secret' ? using('x') : mounting('x'), [object]).copies[0]?.metadata.name
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { minKeys: 1 }), (data) => {
        const turned = Object.fromEntries(Object.entries(data).toReversed())
        const one = config('ConfigMap', 'x', { data })
        const labelled = { ...config('ConfigMap', 'x', { data: turned }), metadata: { name: 'x', namespace: 'shop', labels: { a: 'b' } } }
        expect(name(labelled)).toBe(name(one))
        const encoded = Object.fromEntries(Object.entries(turned).map(([key, text]) => [key, Buffer.from(text).toString('base64')]))
        expect(name(config('Secret', 'x', { data: encoded, type: 'Opaque' }))).toBe(name(config('Secret', 'x', { stringData: data })))
        const [key = ''] = Object.keys(data)
        expect(name(config('ConfigMap', 'x', { data: { ...data, [key]: `${data[key]}!` } }))).not.toBe(name(one))
      }),
    )
  })

  test('keeps names within what Kubernetes takes, without losing the digest', () => {
    const [one, other] = ['a', 'b'].map((end) => `${'x'.repeat(241)}.${'y'.repeat(10)}${end}`)
    const names = [one, other].map((name = '') => copy(mounting(name), [config('ConfigMap', name)]).copies[0]?.metadata)
    expect(names.map((metadata) => metadata?.name)).toEqual([expect.stringMatching(/^x{241}-[0-9a-f]{10}$/), expect.stringMatching(/^x{241}-[0-9a-f]{10}$/)])
    expect(names[0]?.name).not.toBe(names[1]?.name)
    expect(names.map((metadata) => metadata?.labels?.['fairlead.dev/config'])).toEqual([configLabel(one ?? ''), configLabel(other ?? '')])
    expect(configLabel(one ?? '')).toMatch(/^x{52}-[0-9a-f]{10}$/)
    expect(configLabel('a'.repeat(63))).toBe('a'.repeat(63))
  })

  test('gives two apps a copy each', () => {
    const [web, api] = ['web', 'api'].map((app) => copy(mounting('x'), [config('ConfigMap', 'x')], app).copies[0]?.metadata)
    expect(web?.name).not.toBe(api?.name)
  })

  const KEPT: readonly (readonly [string, Partial<KubeObject['metadata']>, Readonly<Record<string, unknown>>, string])[] = [
    ['the user opted out', { annotations: { 'fairlead.dev/copy': 'false' } }, { data: { a: 'c2VjcmV0' } }, 'fairlead.dev/copy is "false"'],
    [
      'another object owns it',
      { ownerReferences: [{ apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret', name: 'vault', uid: 'u' }] },
      { data: { a: 'c2VjcmV0' } },
      'ExternalSecret "vault" owns it',
    ],
    [
      'cert-manager writes it',
      { annotations: { 'cert-manager.io/certificate-name': 'tls' } },
      { data: { a: 'c2VjcmV0' } },
      'an operator fills it in, as cert-manager.io/certificate-name says',
    ],
    [
      'External Secrets write it',
      { labels: { 'reconcile.external-secrets.io/managed': 'true' } },
      { data: { a: 'c2VjcmV0' } },
      'an operator fills it in, as reconcile.external-secrets.io/managed says',
    ],
    [
      'it is the token of a ServiceAccount',
      {},
      { type: 'kubernetes.io/service-account-token', data: { a: 'c2VjcmV0' } },
      'Kubernetes fills it in with the token of a ServiceAccount',
    ],
    ['it has nothing in it', {}, { data: {} }, 'it has no data, so something else must fill it in'],
  ]
  test.each(KEPT)('leaves an object where it is when %s, and says so without its data', (_what, metadata, more, reason) => {
    const object = { ...config('Secret', 'x', more), metadata: { name: 'x', ...metadata } }
    expect(copy(using('x'), [object])).toEqual({
      template: using('x'),
      copies: [],
      copied: [],
      notes: [`Secret "shop/x" is not copied, since ${reason}: both slots read the same one, and a rollback does not restore it`],
    })
  })

  test('leaves alone what the release does not bring, and what is of another namespace, group or kind', () => {
    const elsewhere = { ...config('ConfigMap', 'x'), metadata: { name: 'x', namespace: 'other' } }
    const foreign = { ...config('ConfigMap', 'x'), apiVersion: 'example.com/v1' }
    expect(copy(mounting('x'), [elsewhere, foreign, config('Secret', 'x')])).toEqual({ template: mounting('x'), copies: [], copied: [], notes: [] })
  })

  test('reads a template with empty fields', () => {
    const template = templateWith({ volumes: null, imagePullSecrets: [null], containers: [{ name: 'a', image: 'b', env: null, envFrom: [] }] })
    expect(copy(template, [config('ConfigMap', 'x')]).template).toEqual(template)
  })
})

describe('contentDigest', () => {
  test('is of the content alone', () => {
    const one = config('ConfigMap', 'x', { data: { a: '1' } })
    expect(contentDigest({ ...one, metadata: { name: 'y', namespace: 'z', resourceVersion: '7' } })).toBe(contentDigest(one))
  })

  test('tells a ConfigMap from a Secret, and data from binary data', () => {
    const digests = [config('ConfigMap', 'x'), config('Secret', 'x'), config('ConfigMap', 'x', { binaryData: { a: 'YQ==' } })].map(contentDigest)
    expect(new Set(digests).size).toBe(3)
  })
})
