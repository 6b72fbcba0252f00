import { formatDuration } from '@fairlead/base'
import { describeReference, type KubeObject } from '@fairlead/kube'
import { assess } from './assess.ts'
import { type Assessment, staleReason } from './assessment.ts'
import { certainAtOf, diagnose, type Evidence, signOf, subjectOf } from './diagnose.ts'
import { type Diagnosis, subjectText } from '../diagnosis.ts'
import { examine, type Located } from './examine.ts'
import type { Health, HealthStatus } from '../health.ts'
import { type PodHistory, rememberSigns, rememberSteadiness, type Sightings, type Steadiness, steadyWindow, UNSTEADY } from './history.ts'
import { isActive, isReady } from '../kinds/pod.ts'
import type { Surroundings } from '../seeing/surroundings.ts'
import type { Target } from '../target.ts'
import { targetPodsOf, type TargetPods } from './target-pods.ts'

/** What is remembered of one target between two looks. */
export interface TargetMemory {
  /** Of the object first seen, to tell a namesake. */
  readonly uid?: string
  readonly sightings: Sightings
  readonly steadiness: Steadiness
}

/** What a judgement rests on beside the target and its object. */
export interface Scene {
  readonly around: Surroundings
  readonly pods: PodHistory
  readonly memory: TargetMemory
  /** Monotonic milliseconds. */
  readonly now: number
  readonly startedAt: number
  /** Milliseconds of the stability window; 0 grants none. */
  readonly stability: number
  /** No later look will follow: time is up, or only one was asked for. */
  readonly isLast: boolean
}

/** How a target is at one moment. */
export interface Judgement {
  readonly health: Health
  /** Its status without our stability window, as the cluster alone accounts for it. */
  readonly account: HealthStatus
  readonly diagnosis?: Diagnosis
  /** Nothing that may still happen changes it. */
  readonly isCertain: boolean
  /** When the judgement changes although nothing else does; Infinity when time alone changes nothing. */
  readonly reviewAt: number
  readonly memory: TargetMemory
}

/** Nothing has been seen of a target yet. */
export const UNSEEN: TargetMemory = { sightings: new Map(), steadiness: UNSTEADY }

/** A scene with its target in it. */
interface TargetScene extends Scene {
  readonly target: Target
  readonly object: KubeObject
  readonly targetPods: TargetPods
}

const NEVER = Number.POSITIVE_INFINITY

/** Judges a target by all that is seen and remembered. Pure: the caller keeps the memory and the time. */
export function judge(target: Target, object: KubeObject | undefined, scene: Scene): Judgement {
  const gone = goneReason(target, object, scene)
  if (gone !== undefined || object === undefined) return judgeMissing(target, gone ?? 'does not exist', scene)
  const assessment = assess(object, { ...target, around: scene.around })
  const targetPods = targetPodsOf(object, scene.around)
  const steadiness = rememberSteadiness(
    scene.memory.steadiness,
    { isFull: assessment.status === 'Healthy', disturbedAt: lastDisturbance(targetPods, scene) },
    scene.now,
  )
  const memory: TargetMemory = { ...uidOf(object), sightings: scene.memory.sightings, steadiness }
  const targetScene: TargetScene = { ...scene, memory, targetPods, target, object }
  return assessment.status === 'Healthy' ? judgeHealthy(assessment, targetScene) : judgeSick(assessment, targetScene)
}

/** Says why the object that was meant is not there; undefined when it is. */
function goneReason({ uid: ours }: Target, object: KubeObject | undefined, { memory }: Scene): string | undefined {
  const expected = ours ?? memory.uid
  if (object === undefined) return memory.uid === undefined ? 'does not exist' : 'was deleted'
  if (object.metadata.deletionTimestamp !== undefined) return 'is being deleted'
  if (expected === undefined || object.metadata.uid === expected) return undefined
  return `was deleted and made anew under the same name, expected uid ${expected}, got ${object.metadata.uid ?? 'none'}`
}

function judgeMissing({ reference, mayAppear }: Target, message: string, { memory, now, isLast }: Scene): Judgement {
  const isCertain = isLast || mayAppear !== true || message !== 'does not exist'
  const { resource, namespace, name } = reference
  const diagnosis: Diagnosis = {
    cause: 'missing',
    message: `${describeReference(reference)}: ${message}`,
    certain: isCertain,
    ...(isCertain ? { certainAt: now } : {}),
    object: { kind: resource.kind, ...(namespace === undefined ? {} : { namespace }), name },
    affected: { pods: 0, total: 0 },
    events: [],
    hint: memory.uid === undefined ? 'Check its name and namespace, or apply it first.' : 'Find out who deleted it, and deploy again.',
  }
  return {
    health: { status: 'Missing', message },
    account: 'Missing',
    diagnosis,
    isCertain,
    reviewAt: NEVER,
    memory: { ...memory, sightings: new Map(), steadiness: UNSTEADY },
  }
}

function judgeHealthy({ status, message, settles }: Assessment, targetScene: TargetScene): Judgement {
  const { now, stability, isLast } = targetScene
  const { since = now } = targetScene.memory.steadiness
  const window = settles === true ? steadyWindow(stability, targetScene.memory.steadiness) : 0
  const memory: TargetMemory = { ...targetScene.memory, sightings: new Map() }
  if (now >= since + window) return { health: { status, message }, account: status, isCertain: false, reviewAt: NEVER, memory }
  const health: Health = { status: 'Progressing', message: `${message}; must stay so for ${formatDuration(window)}` }
  const diagnosis = isLast ? { diagnosis: deadlineDiagnosis(health, targetScene) } : {}
  return { health, account: status, ...diagnosis, isCertain: isLast, reviewAt: since + window, memory }
}

function judgeSick(assessment: Assessment, targetScene: TargetScene): Judgement {
  const { object, targetPods, around, pods, now, memory, isLast, target } = targetScene
  // Until the controller has seen our generation everything around the object belongs to an earlier one.
  const isStale = staleReason(object, { ...target, around }) !== undefined
  const findings = isStale || assessment.status === 'Suspended' ? [] : examine(object, assessment, { targetPods, around, pods })
  const sightings = rememberSigns(memory.sightings, findings.map(signOf), now)
  const evidence: Evidence = { sightings, now, isFinal: isLast || assessment.doomed !== undefined, total: targetPods.pods.length }
  const diagnosis = diagnose(object, findings, evidence) ?? (isLast ? deadlineDiagnosis(assessment, targetScene) : undefined)
  const isCertain = diagnosis?.certain === true
  const health = healthOf(assessment, diagnosis, object)
  return {
    health,
    account: health.status,
    ...(diagnosis === undefined ? {} : { diagnosis }),
    isCertain,
    reviewAt: isCertain ? NEVER : nextCertainty(findings, evidence),
    memory: { ...memory, sightings },
  }
}

/** A cause that is certain makes an object Degraded whatever its own status still says; one that is not yet explains what it waits for. */
function healthOf({ status, message }: Assessment, diagnosis: Diagnosis | undefined, { kind, metadata }: KubeObject): Health {
  if (diagnosis === undefined || diagnosis.cause === 'deadline') return { status, message }
  const because = diagnosis.message.slice(subjectText(diagnosis.object).length + 2)
  const isOwn = diagnosis.object.kind === kind && diagnosis.object.name === metadata.name
  const where = isOwn ? because : `${message}; ${diagnosis.object.kind} ${diagnosis.object.name}: ${because}`
  return { status: diagnosis.certain ? 'Degraded' : status, message: where }
}

/** The earliest moment at which a finding becomes certain if nothing changes. */
function nextCertainty(findings: readonly Located[], evidence: Evidence): number {
  return Math.min(NEVER, ...findings.map((located) => certainAtOf(located, evidence)))
}

/** Says what was still waited for when time was up. */
function deadlineDiagnosis({ status, message }: Health, { object, targetPods, around, now, startedAt }: TargetScene): Diagnosis {
  const waiting = targetPods.pods.find((pod) => isActive(pod) && !isReady(pod))
  const pod = waiting === undefined || waiting === object ? '' : `; Pod ${waiting.metadata.name} ${assess(waiting, { around }).message}`
  const after = now > startedAt ? ` after ${formatDuration(now - startedAt)}` : ''
  return {
    cause: 'deadline',
    message: `${subjectText(subjectOf(object))}: still ${status}${after}: ${message}${pod}`,
    certain: true,
    object: subjectOf(object),
    affected: { pods: targetPods.pods.filter((each) => !isReady(each)).length, total: targetPods.pods.length },
    events: [],
    hint: status === 'Suspended' ? 'Resume it.' : 'Give it more time, or find out what holds it up.',
  }
}

function lastDisturbance({ pods }: TargetPods, { pods: history }: Scene): number | undefined {
  const moments = pods.flatMap(({ metadata: { uid = '' } }) => history.get(uid)?.disturbedAt ?? [])
  return moments.length === 0 ? undefined : Math.max(...moments)
}

function uidOf({ metadata: { uid } }: KubeObject): Pick<TargetMemory, 'uid'> {
  return uid === undefined ? {} : { uid }
}
