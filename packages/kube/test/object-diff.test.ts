import { sameJson, type KubeObject } from '@fairlead/kube'
import { describeChange } from '@fairlead/kube/diff'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const WEB = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { app: 'web' } },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [{ name: 'web', image: 'web:1' }] } } },
}

function secret(values: Readonly<Record<string, unknown>>, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys', namespace: 'shop', ...metadata }, ...values }
}

function configMap(data: unknown): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' }, data } as KubeObject
}

describe('describeChange', () => {
  test('shows what changes between three lines that do not', () => {
    const template = { spec: { containers: [{ image: 'web:2', name: 'web' }] } }
    expect(describeChange(WEB, { ...WEB, spec: { ...WEB.spec, replicas: 2, template } })).toBe(`--- Deployment "shop/web" (live)
+++ Deployment "shop/web"
@@ -6,12 +6,12 @@
   name: web
   namespace: shop
 spec:
-  replicas: 1
+  replicas: 2
   selector:
     matchLabels:
       app: web
   template:
     spec:
       containers:
-        - image: web:1
+        - image: web:2
           name: web
`)
  })

  test('shows all of an object that is new', () => {
    expect(describeChange(undefined, configMap({ b: 'two\nlines\n', a: 'yes' }))).toBe(`--- /dev/null
+++ ConfigMap "shop/web"
@@ -0,0 +1,10 @@
+apiVersion: v1
+data:
+  a: yes
+  b: |
+    two
+    lines
+kind: ConfigMap
+metadata:
+  name: web
+  namespace: shop
`)
  })

  test('says nothing of what the API server writes for itself, and of the order of keys', () => {
    const live = {
      status: { replicas: 1 },
      ...WEB,
      metadata: {
        managedFields: [{ manager: 'kubectl' }],
        resourceVersion: '7',
        uid: 'u-1',
        generation: 3,
        creationTimestamp: '2026-01-01T00:00:00Z',
        selfLink: '/apis',
        ...WEB.metadata,
      },
    }
    const { metadata, ...rest } = WEB
    expect(describeChange(live, { metadata: { labels: metadata.labels, namespace: 'shop', name: 'web', generation: 4, resourceVersion: '8' }, ...rest })).toBe(
      '',
    )
  })

  test('keeps such words where they are the user’s own', () => {
    expect(describeChange(configMap({ status: 'a' }), configMap({ status: 'b' }))).toContain('-  status: a\n+  status: b\n')
  })

  test.each([
    { name: 'a text that looks like a number', before: '1', after: 1 },
    { name: 'a text that looks like a truth', before: 'true', after: true },
    { name: 'nothing', before: null, after: 'null' },
    { name: 'a space at the end', before: 'a', after: 'a ' },
    { name: 'a last line break', before: 'a\nb', after: 'a\nb\n' },
  ])('sees $name', ({ before, after }) => {
    expect(describeChange(configMap({ a: before }), configMap({ a: after }))).not.toBe('')
  })

  test('shows that a value of a Secret changes, and not the value', () => {
    expect(describeChange(secret({ data: { a: 'b25l', b: 'c2FtZQ==' } }), secret({ data: { a: 'dHdv', b: 'c2FtZQ==', c: 'bmV3' }, type: 'Opaque' })))
      .toBe(`--- Secret "shop/keys" (live)
+++ Secret "shop/keys"
@@ -1,8 +1,10 @@
 apiVersion: v1
 data:
-  a: (sha256 69de54b8)
+  a: (sha256 cfcc7cbe)
   b: (sha256 fbeda4dd)
+  c: (sha256 fd9bd588)
 kind: Secret
 metadata:
   name: keys
   namespace: shop
+type: Opaque
`)
  })

  test('shows nothing of a Secret that kubectl has kept in an annotation', () => {
    const annotations = (value: string) => ({ annotations: { 'kubectl.kubernetes.io/last-applied-configuration': `{"data":{"a":"${value}"}}` } })
    const change = describeChange(secret({}, annotations('b25l')), secret({}, annotations('dHdv')))
    expect(change).toMatch(/^-.*last-applied-configuration: \(sha256 [0-9a-f]{8}\)\n\+.*last-applied-configuration: \(sha256 [0-9a-f]{8}\)$/m)
    expect(change).not.toMatch(/b25l|dHdv/)
  })

  test('shows all of both where they have hardly a line in common', () => {
    const lines = (word: string) => configMap(Object.fromEntries(Array.from({ length: 2_500 }, (_, index) => [`${word}-${index}`, ''])))
    const change = describeChange(lines('a'), lines('b')).split('\n')
    expect(change.slice(0, 4)).toEqual(['--- ConfigMap "shop/web" (live)', '+++ ConfigMap "shop/web"', '@@ -1,2506 +1,2506 @@', '-apiVersion: v1'])
    expect([change.length, change.at(-2), change.at(-1)]).toEqual([3 + 2 * 2_506 + 1, '+  namespace: shop', ''])
    expect(describeChange(undefined, lines('a')).split('\n').slice(0, 4)).toEqual([
      '--- /dev/null',
      '+++ ConfigMap "shop/web"',
      '@@ -0,0 +1,2506 @@',
      '+apiVersion: v1',
    ])
  })
})

describe('describeChange, for whatever there is,', () => {
  const values = fc.dictionary(fc.string(), fc.jsonValue())
  const hidden = fc.stringMatching(/^[A-Za-z0-9+/]{16,40}$/)

  test('is empty for equal objects, whatever the order of their keys and the noise about them', () => {
    fc.assert(
      fc.property(values, fc.string(), (data, resourceVersion) => {
        const one = configMap(data)
        const turned = configMap(Object.fromEntries(Object.entries(data).toReversed()))
        expect(describeChange(one, { ...turned, status: resourceVersion, metadata: { resourceVersion, ...turned.metadata } })).toBe('')
      }),
    )
  })

  test('is not empty for different objects', () => {
    fc.assert(
      fc.property(values, fc.string(), fc.jsonValue(), (data, key, value) => {
        fc.pre(key !== '__proto__' && !(Object.hasOwn(data, key) && sameJson(data[key], value)))
        expect(describeChange(configMap(data), configMap({ ...data, [key]: value }))).not.toBe('')
      }),
    )
  })

  test('has no value of a Secret in it', () => {
    const part = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), hidden)
    fc.assert(
      fc.property(part, part, part, (one, two, three) => {
        const before = secret({ data: one }, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(one) } })
        const changes = [describeChange(before, secret({ data: two, stringData: three })), describeChange(undefined, before)].join('\n')
        expect([...Object.values(one), ...Object.values(two), ...Object.values(three)].filter((value) => changes.includes(value))).toEqual([])
      }),
    )
  })
})
