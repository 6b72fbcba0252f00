import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { showsContent } from '../src/index.ts'

describe('showsContent', () => {
  test.each<readonly [string, unknown, unknown, boolean]>([
    ['what the server filled in beside', { port: 80, protocol: 'TCP' }, { port: 80 }, true],
    ['a list whose items show it', [{ port: 80, protocol: 'TCP' }], [{ port: 80 }], true],
    ['a longer list', [{ port: 80 }, { port: 81 }], [{ port: 80 }], false],
    ['another kind of volume', { name: 'cache', configMap: { name: 'x' } }, { name: 'cache', emptyDir: {} }, false],
    ['null for what is not there', {}, { a: null }, true],
    ['another value', { a: 1 }, { a: 2 }, false],
    ['a key that is not there', {}, { a: 1 }, false],
  ])('judges %s', (_, live, sent, expected) => {
    expect(showsContent(live, sent)).toBe(expected)
  })

  test('is true of everything that was just sent', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => showsContent(value, value)))
  })
})
