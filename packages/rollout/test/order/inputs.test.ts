import { describe, expect, test } from 'vitest'
import { orderInputs } from '../../src/order/index.ts'

const SHA = '0123456789abcdef0123456789abcdef01234567'

describe('orderInputs', () => {
  test('reads a source', () => {
    expect(orderInputs.source.parse(`acme/shop.web@${SHA.toUpperCase()}`)).toEqual({ repository: 'acme/shop.web', commit: SHA })
  })

  test.each(['acme/shop@main', `shop@${SHA}`, `acme/shop@${SHA}0`, `acme/shop ${SHA}`, SHA])('refuses the source %s', (text) => {
    expect(() => orderInputs.source.parse(text)).toThrow(`expected owner/name@ and a full SHA, got ${JSON.stringify(text)}`)
  })

  test('takes a default that nobody filled in for no token', () => {
    const { parse, default: unfilled } = orderInputs['github-token']
    expect([parse(unfilled), parse('ghs_0123456789')]).toEqual(['', 'ghs_0123456789'])
  })
})
