import { applyPatch, parsePointer, sameJson, showsPatch, valueAt, type PatchOperation } from '@fairlead/kube'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('applyPatch', () => {
  test.each<{ name: string; before: unknown; patch: readonly PatchOperation[]; after: unknown }>([
    { name: 'adds a field', before: { a: 1 }, patch: [{ op: 'add', path: '/b', value: 2 }], after: { a: 1, b: 2 } },
    { name: 'adds over a field', before: { a: 1 }, patch: [{ op: 'add', path: '/a', value: 2 }], after: { a: 2 } },
    { name: 'replaces a field', before: { a: { b: 1 } }, patch: [{ op: 'replace', path: '/a/b', value: 2 }], after: { a: { b: 2 } } },
    { name: 'removes a field', before: { a: 1, b: 2 }, patch: [{ op: 'remove', path: '/a' }], after: { b: 2 } },
    { name: 'reads escaped keys', before: { l: { 'x/y~z': 1 } }, patch: [{ op: 'replace', path: '/l/x~1y~0z', value: 2 }], after: { l: { 'x/y~z': 2 } } },
    {
      name: 'inserts into a list',
      before: { a: [1, 2] },
      patch: [
        { op: 'add', path: '/a/1', value: 9 },
        { op: 'add', path: '/a/-', value: 3 },
      ],
      after: { a: [1, 9, 2, 3] },
    },
    {
      name: 'replaces and removes items',
      before: { a: [1, 2, 3] },
      patch: [
        { op: 'replace', path: '/a/0', value: 9 },
        { op: 'remove', path: '/a/2' },
      ],
      after: { a: [9, 2] },
    },
    {
      name: 'passes tests of values and of absence',
      before: { a: { b: [1] } },
      patch: [
        { op: 'test', path: '/a/b', value: [1] },
        { op: 'test', path: '/c', value: null },
        { op: 'remove', path: '/a' },
      ],
      after: {},
    },
    { name: 'keeps a __proto__ a key', before: {}, patch: [{ op: 'add', path: '/__proto__', value: 1 }], after: JSON.parse('{"__proto__":1}') },
  ])('$name', ({ before, patch, after }) => {
    const kept = structuredClone(before)
    expect(applyPatch(before, patch)).toEqual({ ok: true, value: after })
    expect(before).toEqual(kept)
  })

  test.each<{ name: string; patch: PatchOperation; reason: string }>([
    { name: 'a test of another value', patch: { op: 'test', path: '/a', value: 2 }, reason: 'operation 1 (test /a): the value is another' },
    { name: 'a test of null on what is there', patch: { op: 'test', path: '/a', value: null }, reason: 'operation 1 (test /a): the value is another' },
    { name: 'replacing what is not there', patch: { op: 'replace', path: '/z', value: 1 }, reason: 'operation 1 (replace /z): the path does not exist' },
    { name: 'removing what is not there', patch: { op: 'remove', path: '/z' }, reason: 'operation 1 (remove /z): the path does not exist' },
    { name: 'adding below what is not there', patch: { op: 'add', path: '/z/y', value: 1 }, reason: 'operation 1 (add /z/y): the path does not exist' },
    { name: 'an index beyond the end', patch: { op: 'add', path: '/l/5', value: 1 }, reason: 'operation 1 (add /l/5): the index does not exist' },
  ])('refuses $name', ({ patch, reason }) => {
    expect(applyPatch({ a: 1, l: [] }, [patch])).toEqual({ ok: false, reason })
  })

  test('is shown by what it made, whatever it was', () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const operation = fc.oneof(
      fc.record({ op: fc.constantFrom('add' as const), path: key.map((name) => `/${name}`), value: fc.jsonValue() }),
      fc.record({ op: fc.constant('remove' as const), path: key.map((name) => `/${name}`) }),
    )
    fc.assert(
      fc.property(fc.uniqueArray(operation, { selector: ({ path }) => path }), (patch) => {
        const result = applyPatch({ a: 0, b: 0, c: 0 }, patch)
        expect(result.ok && showsPatch(result.value, patch)).toBe(true)
      }),
    )
  })
})

describe('showsPatch', () => {
  test('knows an addition to a list by its value, and never a removal by index', () => {
    expect(showsPatch({ a: [1, { b: 2 }] }, [{ op: 'add', path: '/a/-', value: { b: 2 } }])).toBe(true)
    expect(showsPatch({ a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }])).toBe(false)
    expect(showsPatch({ a: [] }, [{ op: 'remove', path: '/a/0' }])).toBe(false)
  })
})

describe('pointers', () => {
  test('are read as they are written', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (path) => {
        const pointer = path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
        expect(parsePointer(pointer)).toEqual(path)
      }),
    )
  })
})

describe('valueAt', () => {
  test('sees nothing that is inherited', () => {
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1)
    expect(valueAt({}, ['constructor'])).toBeUndefined()
    expect(valueAt([], ['length', 'x'])).toBeUndefined()
    expect(valueAt('text', ['length'])).toBeUndefined()
  })
})

describe('sameJson', () => {
  test('does not mind the order of keys, nor undefined ones', () => {
    expect(sameJson({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1, d: undefined })).toBe(true)
    for (const [one, other] of [
      [{ a: 1 }, { a: 2 }],
      [
        [1, 2],
        [2, 1],
      ],
      [{}, []],
      [{ a: 1 }, { b: 1 }],
      [null, {}],
      [{ a: null }, {}],
    ])
      expect(sameJson(one, other)).toBe(false)
  })
})
