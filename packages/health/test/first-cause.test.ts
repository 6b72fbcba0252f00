import { describe, expect, test } from 'vitest'
import { causalOrder, firstCause, worst, type Cause, type HealthStatus, type TargetHealth } from '../src/index.ts'

function target(name: string, status: HealthStatus, cause?: Cause, certain = true): TargetHealth {
  const resource = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }
  const diagnosis = { message: name, certain, object: { kind: 'Deployment', name }, affected: { pods: 0, total: 0 }, events: [], hint: '' }
  return {
    reference: { resource, namespace: 'shop', name },
    health: { status, message: name },
    since: 0,
    tree: [],
    ...(cause === undefined ? {} : { diagnosis: { ...diagnosis, cause } }),
  }
}

const TARGETS = [
  target('well', 'Healthy'),
  target('silent', 'Unknown'),
  target('crashing', 'Degraded', 'crash'),
  target('waiting', 'Progressing', 'unschedulable', false),
  target('gone', 'Missing', 'missing'),
  target('also crashing', 'Degraded', 'crash'),
]

describe('causalOrder', () => {
  test('puts what is certain before what is not, then what comes first in the chain of causes, and leaves out what is Healthy', () => {
    const names = causalOrder(TARGETS).map(({ health: { message } }) => message)
    expect(names).toEqual(['gone', 'crashing', 'also crashing', 'waiting', 'silent'])
  })
})

describe('firstCause', () => {
  test('is a target whose own status goes with its sentence, which need not be the worst', () => {
    const first = firstCause(TARGETS)
    expect([first?.health.status, first?.diagnosis?.message]).toEqual(['Missing', 'gone'])
    expect(worst(TARGETS.map(({ health }) => health.status))).toBe('Unknown')
  })

  test('is nothing where all are Healthy', () => {
    expect(firstCause([target('well', 'Healthy')])).toBeUndefined()
  })
})
