import type { KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { describeOwner, fieldOwners } from '../src/index.ts'

function object(...managedFields: readonly object[]): KubeObject {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', managedFields } }
}

const SELECTOR = { 'f:spec': { 'f:selector': {} } }
const OTHER = { 'f:spec': { 'f:ports': {} } }

describe('fieldOwners', () => {
  test('answers who owns the field, latest first, those without a time last', () => {
    const owned = object(
      { manager: 'claim', operation: 'Apply', fieldsV1: SELECTOR },
      { manager: 'early', operation: 'Apply', time: '2026-01-01T00:00:00Z', fieldsV1: SELECTOR },
      { manager: 'other', operation: 'Update', time: '2026-01-03T00:00:00Z', fieldsV1: OTHER },
      { manager: 'late', operation: 'Update', time: '2026-01-02T00:00:00Z', fieldsV1: { 'f:spec': { 'f:selector': { 'f:app': {} } } } },
    )
    expect(fieldOwners(owned, ['spec', 'selector'])).toEqual([
      { manager: 'late', operation: 'Update', time: '2026-01-02T00:00:00Z' },
      { manager: 'early', operation: 'Apply', time: '2026-01-01T00:00:00Z' },
      { manager: 'claim', operation: 'Apply' },
    ])
  })

  test('answers nobody where nothing is recorded', () => {
    expect(fieldOwners({ metadata: { name: 'web' } }, ['spec', 'selector'])).toEqual([])
  })
})

describe('describeOwner', () => {
  test.each([
    { owner: { manager: 'kubectl-patch', operation: 'Update' as const, time: '2026-01-01T00:00:00Z' }, text: 'kubectl-patch (Update, 2026-01-01T00:00:00Z)' },
    { owner: { manager: 'claim', operation: 'Apply' as const }, text: 'claim (Apply)' },
  ])('writes $text', ({ owner, text }) => {
    expect(describeOwner(owner)).toBe(text)
  })
})
