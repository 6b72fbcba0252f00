import { isFault } from '@fairlead/base'
import { describeReference, type ObjectReference } from '@fairlead/kube'
import { LABELS, slotBackend } from '@fairlead/traffic'
import type { Effects } from '../execute/effects.ts'
import type { Journal, ReleaseNote, Rollout } from '../journal/index.ts'
import type { RunOrigin } from '../plan/options.ts'
import type { RecordStep } from '../plan/step.ts'
import {
  configReference,
  deploymentInSlot,
  keepRecord,
  recordName,
  recordReference,
  shedBetween,
  type RecordContent,
  type RecordedVerdicts,
  type ReleaseRecord,
} from '../records/index.ts'
import { selectorIn, workloadName } from '../standing/index.ts'
import { deploymentReference, readDeployment } from './deployment.ts'

/** The rollout a step accepts for the first time; undefined for a way back, and for what was accepted before. */
export function acceptedBy({ release, isWayBack }: RecordStep, { rollout }: Journal): Rollout | undefined {
  const isAccepted = rollout !== undefined && rollout.release.number === release.number && rollout.restores === undefined && !isWayBack
  return isAccepted ? rollout : undefined
}

/** A rollout that foresees its record; most have since they moved. One that puts back what was accepted before has a record already. */
export function withRecord(rollout: Rollout, app: string, namespace: string): Rollout {
  const name = recordName(app, rollout.release.number)
  if (rollout.restores === true || rollout.created.some((each) => each.kind === 'ConfigMap' && each.name === name)) return rollout
  return { ...rollout, created: [...rollout.created, { apiVersion: 'v1', kind: 'ConfigMap', name, namespace }] }
}

/** Makes the record of a release that is about to be accepted. What it makes is foreseen in the journal, so that a way back takes it away again. */
export async function writeRecord(step: RecordStep, note: ReleaseNote, effects: Effects): Promise<boolean> {
  const { app } = step
  const { cluster, namespace, journals } = effects
  const rollout = acceptedBy(step, journals.of(app))
  if (rollout === undefined) return false
  const record = await recordOf(step, { note, rollout }, effects)
  const foreseen = withRecord(rollout, app, namespace)
  if (foreseen !== rollout) await journals.write(app, (journal) => ({ ...journal, rollout: foreseen }))
  await keepRecord(cluster, namespace, record)
  return true
}

/**
 * Deletes the records that leave the history, and the configuration only they have needed. Done before the journal forgets them, so that a run which is killed here leaves nothing nobody
 * knows of. Answers what could not be deleted for want of rights: a release is not refused for it.
 */
export async function shed(step: RecordStep, after: Journal, effects: Effects): Promise<readonly string[]> {
  const { namespace, journals } = effects
  const { app } = step
  const { releases, config } = shedBetween(journals.of(app), after)
  const references = [...releases.map((number) => recordReference({ namespace, app, number })), ...config.map((name) => configReference(namespace, name))]
  const left: string[] = []
  for (const reference of references) if (!(await deleteOurs(reference, app, effects))) left.push(describeReference(reference))
  return left
}

async function deleteOurs(reference: ObjectReference, app: string, { cluster }: Effects): Promise<boolean> {
  try {
    const live = await cluster.get(reference)
    if (live === undefined || live.metadata.labels?.[LABELS.app] !== app) return true
    const { uid } = live.metadata
    await cluster.delete(reference, uid === undefined ? {} : { preconditions: { uid } })
    return true
  } catch (error) {
    if (!isFault(error, 'ACCESS_DENIED')) throw error
    return false
  }
}

interface Acceptance {
  readonly note: ReleaseNote
  readonly rollout: Rollout
}

async function recordOf(step: RecordStep, { note, rollout }: Acceptance, effects: Effects): Promise<ReleaseRecord> {
  const { app, origin = {} } = step
  const { clock, services } = effects
  const service = services.get(app)
  const content = step.content ?? (await contentInSlot(app, { note, rollout }, effects))
  return {
    format: 1,
    app,
    release: note,
    ...content,
    route: {
      service: effects.standing(app).serviceName,
      selector: selectorIn(service),
      ports: (service?.spec as { readonly ports?: readonly unknown[] } | undefined)?.ports ?? [],
    },
    ...runOf(origin, note),
    verdicts: verdictsOf(app, effects),
    times: { accepted: clock.date().toISOString(), ...(rollout.release.at === undefined ? {} : { began: rollout.release.at }) },
  }
}

/** What is known of the run that made it. */
function runOf({ url, actor, source: started }: RunOrigin, note: ReleaseNote): Pick<ReleaseRecord, 'source' | 'run' | 'actor'> {
  const source = note.source ?? started
  return { ...(source === undefined ? {} : { source }), ...(url === undefined ? {} : { run: url }), ...(actor === undefined ? {} : { actor }) }
}

/** Where the release itself is not at hand, as when another run has begun it, the slot says what it was. */
async function contentInSlot(app: string, { note, rollout }: Acceptance, { cluster, namespace }: Effects): Promise<RecordContent> {
  const live = await readDeployment(cluster, deploymentReference(namespace, workloadName(app, slotBackend(rollout.slot))))
  return { deployment: deploymentInSlot(live), config: note.config ?? [], companions: [], autoscalers: [] }
}

function verdictsOf(app: string, { results }: Effects): RecordedVerdicts {
  const own = [...results].filter(([step]) => ('app' in step ? step.app === app : 'targets' in step || step.type === 'check'))
  const health = own.findLast(([step]) => step.type === 'await')?.[1].health
  const proof = own.findLast(([step]) => step.type === 'prove')?.[1].proof
  const checks = own.flatMap(([, result]) => result.checks ?? [])
  return {
    ...(health === undefined ? {} : { health: { status: health.status, seconds: health.seconds } }),
    checks: checks.map(({ check, respondent, passed }) => ({ check, respondent, passed })),
    ...(proof === undefined ? {} : { proof: { service: proof.service, proven: proof.proven, seconds: proof.seconds } }),
  }
}
