import { isFault } from '@fairlead/base'
import { parseSelector, selects, selectorText, type LabelSelector } from '@fairlead/kube'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('selects', () => {
  test.each<{ name: string; selector: LabelSelector; labels: Record<string, string>; is: boolean }>([
    { name: 'everything when empty', selector: {}, labels: {}, is: true },
    { name: 'an equal label', selector: { matchLabels: { app: 'web' } }, labels: { app: 'web', tier: 'a' }, is: true },
    { name: 'not another value', selector: { matchLabels: { app: 'web' } }, labels: { app: 'db' }, is: false },
    { name: 'not an absent label', selector: { matchLabels: { app: '' } }, labels: {}, is: false },
    { name: 'one of several values', selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] }, labels: { app: 'b' }, is: true },
    { name: 'what is absent, by NotIn', selector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }, labels: {}, is: true },
    { name: 'not what NotIn lists', selector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['a'] }] }, labels: { app: 'a' }, is: false },
    { name: 'what exists', selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, labels: { app: '' }, is: true },
    { name: 'what does not', selector: { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }, labels: { app: '' }, is: false },
    { name: 'only what meets all', selector: { matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'Exists' }] }, labels: { a: '1' }, is: false },
    { name: 'nothing inherited', selector: { matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, labels: {}, is: false },
  ])('selects $name', ({ selector, labels, is }) => {
    expect(selects(selector, labels)).toBe(is)
  })
})

describe('selectorText', () => {
  test('writes every operator the way a query takes it', () => {
    const matchExpressions = [
      { key: 'b', operator: 'In', values: ['x', 'y'] },
      { key: 'c', operator: 'NotIn', values: ['z'] },
      { key: 'c', operator: 'NotIn', values: ['v', 'w'] },
      { key: 'd', operator: 'Exists' },
      { key: 'e', operator: 'DoesNotExist' },
    ] as const
    expect(selectorText({ matchLabels: { 'fairlead.dev/app': 'web' }, matchExpressions })).toBe('fairlead.dev/app=web,b in (x,y),c!=z,c notin (v,w),d,!e')
    expect(selectorText({})).toBe('')
  })
})

describe('parseSelector', () => {
  test('reads what kubectl takes', () => {
    expect(parseSelector(' app = web, tier==db ,env!=prod,zone in (a, b),zone notin (c),up, !down ')).toEqual({
      matchExpressions: [
        { key: 'app', operator: 'In', values: ['web'] },
        { key: 'tier', operator: 'In', values: ['db'] },
        { key: 'env', operator: 'NotIn', values: ['prod'] },
        { key: 'zone', operator: 'In', values: ['a', 'b'] },
        { key: 'zone', operator: 'NotIn', values: ['c'] },
        { key: 'up', operator: 'Exists' },
        { key: 'down', operator: 'DoesNotExist' },
      ],
    })
    expect(parseSelector('  ')).toEqual({})
  })

  test.each([
    'app=web,',
    '=web',
    'app=we b',
    'app in web',
    'app in (a',
    'a b',
    'app=web=db',
    '-app=web',
    'UPPER.example/app=web',
    `app=${'x'.repeat(64)}`,
    '!',
    'app>5',
  ])('refuses %j and names the part', (text) => {
    const fault = (() => {
      try {
        return parseSelector(text)
      } catch (error) {
        return error
      }
    })()
    expect(isFault(fault, 'INPUT_INVALID')).toBe(true)
    expect(String(fault)).toContain(`label selector "${text}"`)
  })

  const word = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,8}[a-z0-9])?$/)
  const requirement = fc.oneof(
    fc.record({ key: word, operator: fc.constantFrom('In' as const, 'NotIn' as const), values: fc.array(word, { minLength: 1, maxLength: 3 }) }),
    fc.record({ key: word, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
  )
  test('reads back what selectorText wrote', () => {
    fc.assert(
      fc.property(fc.array(requirement, { maxLength: 4 }), (matchExpressions) => {
        expect(parseSelector(selectorText({ matchExpressions }))).toEqual(matchExpressions.length === 0 ? {} : { matchExpressions })
      }),
    )
  })
})
