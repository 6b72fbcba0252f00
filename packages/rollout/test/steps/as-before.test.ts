import type { KubeObject } from '@fairlead/kube'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asBefore } from '../../src/steps/as-before.ts'

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

  test('gives nothing back of what was just applied', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        expect(asBefore(map(data), map(data))).toEqual(map(data))
      }),
    )
  })
})
