import type { Duration } from '@fairlead/base'
import type { Diagnosis, HealthReport, TargetHealth } from '@fairlead/health'
import { knownResourceNamed } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import type { Plan } from '../src/plan.ts'
import { reportHealth } from '../src/report.ts'

const deployments = knownResourceNamed('deployment') as NonNullable<ReturnType<typeof knownResourceNamed>>
const plan: Plan = { targets: [], timeout: 60_000 as Duration, stability: 5_000 as Duration, checks: [], services: [] }

function target(name: string, diagnosis?: Partial<Diagnosis>): TargetHealth {
  const whole: Diagnosis = {
    cause: 'crash',
    message: `${name} is ill`,
    certain: true,
    object: { kind: 'Pod', namespace: 'shop', name: `${name}-1` },
    affected: { pods: 1, total: 1 },
    events: [],
    hint: 'Heal it.',
    ...diagnosis,
  }
  const reference = { resource: deployments, namespace: 'shop', name }
  if (diagnosis === undefined) return { reference, health: { status: 'Healthy', message: 'fine' }, since: 0, tree: [] }
  return { reference, health: { status: 'Degraded', message: 'ill' }, diagnosis: whole, since: 0, tree: [] }
}

function report(targets: readonly TargetHealth[], more: Partial<HealthReport> = {}): HealthReport {
  return {
    ended: 'doomed',
    status: targets.some(({ diagnosis }) => diagnosis !== undefined) ? 'Degraded' : 'Healthy',
    targets,
    seconds: 4.2,
    notes: [],
    ...more,
  }
}

describe('reportHealth', () => {
  test('says that all is well', () => {
    const told = reportHealth(plan, { health: report([target('a'), target('b')], { ended: 'healthy' }), checks: [], seconds: 4.2 })
    expect({ conclusion: told.conclusion, verdict: told.verdict, outputs: told.outputs, annotations: told.annotations }).toEqual({
      conclusion: 'success',
      verdict: 'Healthy after 4.2s: 2 objects',
      outputs: { verdict: 'Healthy', diagnosis: '[]' },
      annotations: [],
    })
  })

  test('puts what is certain before what is not, and what comes first in the chain of causes first', () => {
    const targets = [
      target('late', { cause: 'deadline', certain: false }),
      target('crashing', { cause: 'crash' }),
      target('fine'),
      target('refused', { cause: 'quota' }),
    ]
    const told = reportHealth(plan, { health: report(targets), checks: [], seconds: 4.2 })
    expect(told.verdict).toBe('Degraded after 4.2s: refused is ill')
    expect(told.annotations.map(({ title }) => title)).toEqual(['Deployment "shop/refused": quota', 'Deployment "shop/crashing": crash'])
    expect((JSON.parse(told.outputs['diagnosis'] ?? '') as { cause: string }[]).map(({ cause }) => cause)).toEqual(['quota', 'crash', 'deadline'])
  })

  test('fails where everything is healthy and a check is not', () => {
    const check = { check: 'GET /', respondent: 'Pod "shop/a-1"', passed: false, reason: 'expected status 200, got 500', attempts: 3, seconds: 1 }
    const told = reportHealth(plan, { health: report([target('a')], { ended: 'healthy' }), checks: [check], seconds: 4.2 })
    expect({ conclusion: told.conclusion, verdict: told.outputs['verdict'], sentence: told.verdict }).toEqual({
      conclusion: 'failure',
      verdict: 'Degraded',
      sentence: 'Degraded after 4.2s: Pod "shop/a-1" failed a check: expected status 200, got 500',
    })
  })

  test.each(['Suspended', 'Progressing', 'Missing', 'Unknown'] as const)('never calls %s a success', (status) => {
    expect(
      reportHealth(plan, { health: report([{ ...target('a'), health: { status, message: 'not there yet' } }], { status }), checks: [], seconds: 4.2 }),
    ).toMatchObject({
      conclusion: 'failure',
      verdict: `${status} after 4.2s: Deployment "shop/a": not there yet`,
      outputs: { verdict: status },
    })
  })

  test('points at the line of the manifest that asks for it', () => {
    const sick = target('web', { field: ['spec', 'replicas'] })
    const position = { file: 'web.yaml', line: 7, column: 3 }
    const manifest = { object: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }, file: 'web.yaml', line: 1, positionOf: () => position }
    const told = reportHealth({ ...plan, targets: [{ reference: sick.reference, manifest }] }, { health: report([sick]), checks: [], seconds: 4.2 })
    expect(told.annotations).toEqual([{ level: 'error', title: 'Deployment "shop/web": crash', message: 'web is ill\nHeal it.', position }])
  })
})
