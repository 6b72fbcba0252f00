import { describe, expect, test } from 'vitest'
import { backendLabels, backendOf, baseSelector, describeBackend, sameBackend, slotBackend, type Backend } from '../src/index.ts'

const HASH: Backend = { type: 'adopted', hash: '5d4f8' }
const EACH = [
  { name: 'a slot', backend: slotBackend('green'), text: 'slot green' },
  { name: 'an adopted ReplicaSet', backend: HASH, text: 'ReplicaSet 5d4f8' },
]

describe('a backend', () => {
  test.each(EACH)('that is $name is read back from the selector its labels make', ({ backend }) => {
    const selector = { app: 'web', ...backendLabels(backend) }
    expect([backendOf(selector), baseSelector(selector)]).toEqual([backend, { app: 'web' }])
  })

  test.each([...EACH, { name: 'none', backend: undefined, text: 'the app' }])('that is $name is called $text', ({ backend, text }) => {
    expect(describeBackend(backend)).toBe(text)
  })

  test.each<{ readonly one: Backend | undefined; readonly other: Backend | undefined; readonly same: boolean }>([
    { one: slotBackend('blue'), other: slotBackend('blue'), same: true },
    { one: slotBackend('blue'), other: slotBackend('green'), same: false },
    { one: HASH, other: { ...HASH }, same: true },
    { one: HASH, other: { type: 'adopted', hash: 'x' }, same: false },
    { one: HASH, other: slotBackend('blue'), same: false },
    { one: undefined, other: undefined, same: true },
    { one: undefined, other: HASH, same: false },
  ])('compares: case %#', ({ one, other, same }) => {
    expect([sameBackend(one, other), sameBackend(other, one)]).toEqual([same, same])
  })
})

describe('backendOf', () => {
  test('answers none for a selector that narrows nothing', () => {
    expect(backendOf({ app: 'web', 'fairlead.dev/slot': 'red' })).toBeUndefined()
  })
})
