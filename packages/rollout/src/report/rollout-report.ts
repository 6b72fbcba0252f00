import type { Fault, SourcePosition } from '@fairlead/base'
import { causalOrder, explain, plainDiagnosis, type ExplanationBlock, type TargetHealth } from '@fairlead/health'
import { describeReference, referenceKey, type ManifestObject } from '@fairlead/kube'
import { deploymentReference } from '../steps/deployment.ts'
import type { Execution, StepRecord } from '../execute/execute.ts'
import type { RolloutOutcome } from '../execute/run-rollout.ts'
import type { Plan } from '../plan/plan.ts'
import { workloadName } from '../standing/index.ts'
import { byHand } from './by-hand.ts'
import { describePlan, planData } from './describe-plan.ts'
import { versionOutputs } from './outputs.ts'
import { servingAfter } from './serving.ts'
import { conclusionOf, verdictOf } from './verdict.ts'

/** A piece of a job summary. */
export type ReportBlock =
  | ExplanationBlock
  | { readonly type: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly type: 'code'; readonly title?: string; readonly text: string; readonly language?: string }
  | { readonly type: 'list'; readonly items: readonly string[] }

/** What a rollout tells the outside, in the shape an action reports in. */
export interface RolloutReport {
  readonly conclusion: 'success' | 'failure' | 'unchanged' | 'parked' | 'cancelled'
  readonly verdict: string
  readonly outputs: Readonly<Record<string, string>>
  readonly annotations: readonly { readonly level: 'error' | 'warning'; readonly title: string; readonly message: string; readonly position?: SourcePosition }[]
  readonly summary: readonly ReportBlock[]
  readonly details: unknown
}

/** Tells how a rollout went: good and bad news by the same code. */
export function reportRollout(outcome: RolloutOutcome, { namespace }: { readonly namespace: string }): RolloutReport {
  const { forward, journals, plan } = outcome
  const sick = causalOrder(failuresOf(forward).flatMap(({ result }) => result?.health?.targets ?? []))
  const fault = faultOf(outcome)
  return {
    conclusion: conclusionOf(outcome),
    verdict: verdictOf(outcome),
    outputs: {
      ...versionOutputs(servingAfter(outcome), journals),
      plan: JSON.stringify(planData(plan)),
      diagnosis: JSON.stringify(diagnosesOf(forward, sick)),
      ...(fault === undefined ? {} : { fault: fault.code }),
    },
    annotations: annotationsOf(outcome, sick, namespace),
    summary: [...handBlocks(outcome, namespace), ...summaryOf(outcome, sick)],
    details: detailsOf(outcome),
  }
}

/** Why we could not do our job, the first reason first. */
function faultOf({ forward, unseen, wayBack }: RolloutOutcome): Fault | undefined {
  return forward.fault ?? unseen ?? wayBack?.fault
}

function handBlocks(outcome: RolloutOutcome, namespace: string): readonly ReportBlock[] {
  const commands = byHand(outcome, namespace)
  return commands.length === 0
    ? []
    : [
        { type: 'heading', text: 'By hand' },
        { type: 'code', text: commands.join('\n'), language: 'sh' },
      ]
}

function summaryOf({ plan, forward, wayBack }: RolloutOutcome, sick: readonly TargetHealth[]): readonly ReportBlock[] {
  const records = [...forward.records, ...(wayBack?.records ?? [])]
  return [
    ...stepTable(forward),
    ...(wayBack === undefined ? [] : [{ type: 'heading' as const, text: 'The way back' }, ...stepTable(wayBack)]),
    ...explain(sick),
    ...checkTable(records),
    ...proofTable(records),
    ...noteList([...plan.notes, ...keptNotes(forward, wayBack), ...records.flatMap(({ result }) => result?.health?.notes ?? [])]),
    { type: 'heading', text: 'Plan' },
    { type: 'code', text: describePlan(plan).join('\n') },
  ]
}

function detailsOf(outcome: RolloutOutcome): unknown {
  const { plan, forward, wayBack, journals, seconds } = outcome
  const fault = faultOf(outcome)
  return {
    plan: planData(plan),
    steps: forward.records.map(plainRecord),
    wayBack: wayBack?.records.map(plainRecord) ?? null,
    ended: forward.ended,
    fault: fault === undefined ? null : { code: fault.code, message: fault.message, hint: fault.hint ?? null },
    journals: Object.fromEntries(journals),
    seconds,
  }
}

/** What a way back cannot take back: the data of Secrets is written down nowhere. */
function keptNotes({ records }: Execution, wayBack: Execution | undefined): readonly string[] {
  if (wayBack === undefined) return []
  const applied = records.flatMap(({ step, state }) => (step.type === 'apply' && state !== 'not reached' ? step.companions : []))
  const secrets = applied.filter(({ object }) => object.kind === 'Secret').map(({ object }) => object.metadata.name)
  return secrets.length === 0 ? [] : [`Secrets that were there before keep what the release gave them: ${secrets.join(', ')}`]
}

/** What the user should know, though nothing failed for it: each thing once. */
function noteList(notes: readonly string[]): readonly ReportBlock[] {
  if (notes.length === 0) return []
  return [
    { type: 'heading', text: 'To know' },
    { type: 'list', items: [...new Set(notes)] },
  ]
}

function failuresOf({ records }: Execution): readonly StepRecord[] {
  return records.filter(({ state }) => state === 'failed')
}

function diagnosesOf(forward: Execution, sick: readonly TargetHealth[]): readonly unknown[] {
  const checks = failuresOf(forward)
    .flatMap(({ result }) => result?.checks ?? [])
    .filter(({ passed }) => !passed)
  return [
    ...sick.map(plainDiagnosis),
    ...checks.map(({ respondent, check, reason }) => ({ target: respondent, cause: 'check', message: `${check}: ${reason ?? 'no reason given'}` })),
  ]
}

function stepTable({ records }: Execution): readonly ReportBlock[] {
  if (records.length === 0) return []
  const rows = records.map(({ number, text, state, seconds, result }) => [
    String(number),
    text,
    state === 'done' ? (result?.text ?? 'done') : state === 'failed' ? `FAILED: ${result?.text ?? ''}` : 'not reached',
    state === 'not reached' ? '' : seconds.toFixed(1),
  ])
  return [{ type: 'table', columns: ['', 'step', 'result', 'seconds'], rows }]
}

function proofTable(records: readonly StepRecord[]): readonly ReportBlock[] {
  const rows = records.flatMap(({ text, result }) => {
    const proof = result?.proof
    if (proof === undefined) return []
    const shown = proof.proven
      ? `${proof.endpoints} ${proof.endpoints === 1 ? 'endpoint' : 'endpoints'} in ${proof.slices} ${proof.slices === 1 ? 'slice' : 'slices'}`
      : proof.waitingFor
    return [[text, proof.proven ? 'proven' : 'NOT PROVEN', shown, `${Math.round(proof.seconds * 1_000)} ms`]]
  })
  return rows.length === 0
    ? []
    : [
        { type: 'heading', text: 'Proofs' },
        { type: 'table', columns: ['what', 'result', 'shown by', 'after'], rows },
      ]
}

function checkTable(records: readonly StepRecord[]): readonly ReportBlock[] {
  const rows = records
    .flatMap(({ result }) => result?.checks ?? [])
    .map(({ check, respondent, passed, reason, attempts }) => [check, respondent, passed ? 'passed' : 'FAILED', String(attempts), reason ?? ''])
  return rows.length === 0
    ? []
    : [
        { type: 'heading', text: 'Checks' },
        { type: 'table', columns: ['check', 'asked', 'result', 'answers', 'reason'], rows },
      ]
}

function annotationsOf({ plan, forward, wayBack }: RolloutOutcome, sick: readonly TargetHealth[], namespace: string): RolloutReport['annotations'] {
  const manifests = manifestsIn(plan, namespace)
  const diagnosed = sick
    .filter(({ diagnosis }) => diagnosis !== undefined)
    .map(({ reference, diagnosis, health }) => {
      const position = manifests.get(referenceKey(reference))?.positionOf(diagnosis?.field ?? [])
      const message = diagnosis === undefined ? health.message : `${diagnosis.message}\n${diagnosis.hint}`
      return {
        level: 'error' as const,
        title: `${describeReference(reference)}: ${diagnosis?.cause ?? health.status}`,
        message,
        ...(position === undefined ? {} : { position }),
      }
    })
  const others = [...forward.records, ...(wayBack?.records ?? [])].filter(({ state }) => state === 'failed')
  const told = diagnosed.length > 0 ? others.slice(1) : others
  return [...diagnosed, ...told.map(({ text, result }) => ({ level: 'error' as const, title: text, message: result?.text ?? 'failed' }))]
}

/** Where the Deployments that are waited for stand in the user's files. */
function manifestsIn({ steps }: Plan, namespace: string): ReadonlyMap<string, ManifestObject> {
  const targets = steps.flatMap((step) => (step.type === 'await' ? step.targets : []))
  return new Map(
    targets.flatMap(({ app, backend, manifest }) =>
      manifest === undefined ? [] : [[referenceKey(deploymentReference(namespace, workloadName(app, backend))), manifest] as const],
    ),
  )
}

function plainRecord({ number, text, state, seconds, at, step, result }: StepRecord): unknown {
  const { health, proof, checks, text: told } = result ?? {}
  return {
    number,
    type: step.type,
    step: text,
    state,
    at: at ?? null,
    seconds,
    result: told ?? null,
    ...(proof === undefined ? {} : { proof }),
    ...(checks === undefined ? {} : { checks }),
    ...(health === undefined
      ? {}
      : {
          health: {
            status: health.status,
            ended: health.ended,
            notes: health.notes,
            diagnoses: causalOrder(health.targets).map((target) => ({
              ...plainDiagnosis(target),
              ...(target.log === undefined ? {} : { logText: target.log.text }),
            })),
          },
        }),
  }
}
