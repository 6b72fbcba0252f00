import type { Annotation, Block, Report } from '@fairlead/action'
import { formatDuration } from '@fairlead/base'
import { causalOrder, explain, firstCause, plainDiagnosis, type HealthReport, type TargetHealth } from '@fairlead/health'
import type { CheckResult } from '@fairlead/health/checks'
import { describeReference, referenceKey } from '@fairlead/kube'
import type { Plan } from './plan.ts'

/** What a run found out. `checks` is empty unless everything was healthy. */
export interface HealthCheckOutcome {
  readonly health: HealthReport
  readonly checks: readonly CheckResult[]
  /** From the first look to the last answer. */
  readonly seconds: number
}

/** Tells what was found: the same for good and bad news. */
export function reportHealth(plan: Plan, outcome: HealthCheckOutcome): Report {
  const { health, checks } = outcome
  const failedChecks = checks.filter(({ passed }) => !passed)
  const sick = causalOrder(health.targets)
  const verdict = health.status === 'Healthy' && failedChecks.length > 0 ? 'Degraded' : health.status
  const sentence = verdictOf(outcome)
  return {
    conclusion: verdict === 'Healthy' ? 'success' : 'failure',
    verdict: sentence,
    outputs: { verdict, diagnosis: JSON.stringify([...sick.map(plainDiagnosis), ...failedChecks.map(checkDiagnosis)]) },
    annotations: [...worthAnnotating(sick).map((target) => annotationOf(plan, target)), ...failedChecks.map(checkAnnotation)],
    summary: [
      objectTable(health.targets),
      ...explain(sick),
      ...checkBlocks(checks),
      ...(health.notes.length === 0 ? [] : [{ type: 'list' as const, items: health.notes }]),
    ],
    details: { ...health, targets: health.targets.map(plainTarget), checks },
  }
}

function verdictOf({ health: { targets }, checks, seconds }: HealthCheckOutcome): string {
  const first = firstCause(targets)
  const time = `after ${formatDuration(seconds * 1_000)}`
  if (first !== undefined) return `${first.health.status} ${time}: ${sentenceOf(first)}`
  const failed = checks.filter(({ passed }) => !passed)
  const [check] = failed
  if (check !== undefined) return `Degraded ${time}: ${check.respondent} failed a check: ${check.reason ?? 'no reason given'}`
  const asked = checks.length === 0 ? '' : `, ${checks.length} ${checks.length === 1 ? 'check' : 'checks'} passed`
  return `Healthy ${time}: ${targets.length} ${targets.length === 1 ? 'object' : 'objects'}${asked}`
}

function sentenceOf({ reference, health, diagnosis }: TargetHealth): string {
  return diagnosis?.message ?? `${describeReference(reference)}: ${health.message}`
}

/** Where something is certain, what is merely unfinished is no error of anybody's. */
function worthAnnotating(sick: readonly TargetHealth[]): readonly TargetHealth[] {
  const certain = sick.filter(({ diagnosis }) => diagnosis?.certain === true)
  return certain.length > 0 ? certain : sick
}

function objectTable(targets: readonly TargetHealth[]): Block {
  return {
    type: 'table',
    columns: ['object', 'state', 'since', 'reason'],
    rows: targets.map(({ reference, health, diagnosis, ...age }) => [
      describeReference(reference),
      health.status,
      sinceText(age),
      diagnosis?.message ?? health.message,
    ]),
  }
}

/** A state that was there before we looked has the cluster's time, one that came while we watched has ours. */
function sinceText({ since, sinceTime }: Pick<TargetHealth, 'since' | 'sinceTime'>): string {
  return sinceTime ?? `${formatDuration(since)} ago`
}

function checkBlocks(checks: readonly CheckResult[]): readonly Block[] {
  if (checks.length === 0) return []
  const rows = checks.map(({ check, respondent, passed, reason, attempts, seconds }) => [
    check,
    respondent,
    passed ? 'passed' : 'failed',
    String(attempts),
    formatDuration(seconds * 1_000),
    reason ?? '',
  ])
  return [{ type: 'table', columns: ['check', 'asked', 'result', 'answers', 'time', 'reason'], rows }]
}

function annotationOf({ targets }: Plan, target: TargetHealth): Annotation {
  const { diagnosis, reference } = target
  const name = describeReference(reference)
  const manifest = targets.find((candidate) => referenceKey(candidate.reference) === referenceKey(reference))?.manifest
  const position = manifest?.positionOf(diagnosis?.field ?? [])
  return {
    level: 'error',
    title: `${name}: ${diagnosis?.cause ?? target.health.status}`,
    message: diagnosis === undefined ? sentenceOf(target) : `${diagnosis.message}\n${diagnosis.hint}`,
    ...(position === undefined ? {} : { position }),
  }
}

function checkAnnotation({ check, respondent, reason }: CheckResult): Annotation {
  return { level: 'error', title: `${respondent}: check failed`, message: `${check}: ${reason ?? 'no reason given'}` }
}

function checkDiagnosis({ check, respondent, reason }: CheckResult): { readonly target: string; readonly cause: 'check'; readonly message: string } {
  return { target: respondent, cause: 'check', message: `${check}: ${reason ?? 'no reason given'}` }
}

function plainTarget(target: TargetHealth): unknown {
  const { reference, diagnosis, ...rest } = target
  const { resource, namespace, name } = reference
  const place = namespace === undefined ? {} : { namespace }
  return {
    kind: resource.kind,
    apiVersion: resource.apiVersion,
    ...place,
    name,
    ...rest,
    ...(diagnosis === undefined ? {} : { diagnosis: plainDiagnosis(target) }),
  }
}
