import type { KubeObject } from '@fairlead/kube'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asBefore, shows } from '../../src/steps/as-before.ts'

const map = (data: object, labels?: Readonly<Record<string, string>>): KubeObject =>
  ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'notes', ...(labels === undefined ? {} : { labels }) }, data }) as KubeObject

describe('asBefore', () => {
  test.each<readonly [string, KubeObject, KubeObject, KubeObject]>([
    ['a changed value', map({ a: 'new' }), map({ a: 'old' }), map({ a: 'old' })],
    ['a key that is new', map({ a: '1', b: 'new' }), map({ a: '1' }), map({ a: '1' })],
    ['a key that was not applied', map({ a: 'new' }), map({ a: 'old', theirs: 'x' }), map({ a: 'old' })],
    ['labels of others', map({ a: 'new' }, { ours: 'new' }), map({ a: 'old' }, { ours: 'old', theirs: 'x' }), map({ a: 'old' }, { ours: 'old' })],
  ])('takes %s back', (_, applied, live, before) => {
    expect(asBefore(applied, live)).toEqual(before)
  })
})

describe('shows', () => {
  test.each<readonly [string, unknown, unknown, boolean]>([
    ['what the server filled in beside', { port: 80, protocol: 'TCP' }, { port: 80 }, true],
    ['a list whose items show it', [{ port: 80, protocol: 'TCP' }], [{ port: 80 }], true],
    ['a longer list', [{ port: 80 }, { port: 81 }], [{ port: 80 }], false],
    ['an empty map that is not there', undefined, {}, true],
    ['another value', { a: 1 }, { a: 2 }, false],
    ['a key that is not there', {}, { a: 1 }, false],
  ])('judges %s', (_, live, applied, expected) => {
    expect(shows(live, applied)).toBe(expected)
  })

  test('is true of everything that was just applied, and nothing is to be given back then', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const object = map(data)
        expect(shows(object, object)).toBe(true)
        expect(asBefore(object, object)).toEqual(object)
      }),
    )
  })
})
