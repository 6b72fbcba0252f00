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
import { conditionOf } from '../reading/condition.ts'
import { type ClusterEvent, eventNotes } from '../reading/event.ts'
import { numberAt, textAt } from '../reading/fields.ts'
import { timesText } from '../causes/crash.ts'
import type { Surroundings } from '../seeing/surroundings.ts'
import type { Target } from '../target.ts'
import { targetPodsOf, type TargetPods } from './target-pods.ts'

/** What is remembered of one target between two looks. */
export interface TargetMemory {
  /** Of the object first seen, to tell a namesake. */
  readonly uid?: string
  readonly sightings: Sightings
  readonly steadiness: Steadiness
  /** With which words it was last seen to have done its work; absent for what goes on. */
  readonly completed?: string
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
  /** How often its Pods broke its steadiness, which explains something when time is up; 0 until then. */
  readonly breaks: number
}

const NEVER = Number.POSITIVE_INFINITY

/** Judges a target by all that is seen and remembered. Pure: the caller keeps the memory and the time. */
export function judge(target: Target, object: KubeObject | undefined, scene: Scene): Judgement {
  const gone = goneReason(target, object, scene)
  if (gone !== undefined || object === undefined) return judgeCompleted(target, object, scene) ?? judgeMissing(target, gone ?? 'does not exist', scene)
  const assessment = assess(object, { ...target, around: scene.around })
  const targetPods = targetPodsOf(object, scene.around)
  const steadiness = rememberSteadiness(
    scene.memory.steadiness,
    {
      isFull: assessment.status === 'Healthy',
      disturbedAt: lastDisturbance(targetPods, scene),
      ready: targetPods.creator === undefined ? undefined : targetPods.pods.filter(isReady).length,
      wanted: numberAt(object, 'spec', 'replicas') ?? numberAt(object, 'status', 'desiredNumberScheduled'),
    },
    scene.now,
  )
  const memory: TargetMemory = { ...uidOf(object), ...completionOf(object, assessment), sightings: scene.memory.sightings, steadiness }
  const targetScene: TargetScene = { ...scene, memory, targetPods, target, object, breaks: scene.isLast ? breaksOf(object, targetPods, steadiness) : 0 }
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

/** What has done its work may go, as a Job does when its time to live is over. Undefined for anything else, a namesake included. */
function judgeCompleted({ uid: ours }: Target, object: KubeObject | undefined, { memory: seen }: Scene): Judgement | undefined {
  const uid = ours ?? seen.uid
  if (object !== undefined && uid !== undefined && object.metadata.uid !== uid) return undefined
  const memory: TargetMemory = object === undefined ? seen : { ...seen, ...uidOf(object), ...completionBeforeRemoval(object) }
  if (memory.completed === undefined) return undefined
  const message = `${memory.completed}, and ${object === undefined ? 'was removed since' : 'is being removed'}`
  return { health: { status: 'Healthy', message }, account: 'Healthy', isCertain: false, reviewAt: NEVER, memory }
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
  const reviewAt = since + window
  if (!isLast) return { health, account: status, isCertain: false, reviewAt, memory }
  const diagnosis = deadlineDiagnosis(health, targetScene)
  return { health: flappingHealth(health, targetScene), account: status, diagnosis, isCertain: true, reviewAt, memory }
}

function judgeSick(assessment: Assessment, targetScene: TargetScene): Judgement {
  const { object, targetPods, around, pods, now, memory, isLast, target } = targetScene
  // Until the controller has seen our generation everything around the object belongs to an earlier one.
  const isStale = staleReason(object, { ...target, around }) !== undefined
  const findings = isStale || assessment.status === 'Suspended' ? [] : examine(object, assessment, { targetPods, around, pods })
  const sightings = rememberSigns(memory.sightings, findings.map(signOf), now)
  const evidence: Evidence = { sightings, now, isFinal: isLast || assessment.doomed !== undefined, total: targetPods.pods.length }
  // What flapped before our generation was seen, or before it was suspended, explains nothing of what is waited for now.
  const scene = isStale || assessment.status === 'Suspended' ? { ...targetScene, breaks: 0 } : targetScene
  const outcome = outcomeOf(assessment, diagnose(object, findings, evidence), scene)
  const isCertain = outcome.diagnosis?.certain === true
  return {
    ...outcome,
    account: outcome.health.status,
    isCertain,
    reviewAt: isCertain ? NEVER : nextCertainty(findings, evidence),
    memory: { ...memory, sightings },
  }
}

/** What a target that is not Healthy comes to, with a cause that was found or without one. */
function outcomeOf(assessment: Assessment, found: Diagnosis | undefined, scene: TargetScene): Pick<Judgement, 'health' | 'diagnosis'> {
  if (found !== undefined) {
    const diagnosis = withBreaks(found, scene)
    return { health: healthOf(assessment, diagnosis, scene.object), diagnosis }
  }
  const { status, message } = assessment
  return scene.isLast ? { health: flappingHealth(assessment, scene), diagnosis: deadlineDiagnosis(assessment, scene) } : { health: { status, message } }
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

/** What has no Pods has no readiness to lose. */
function breaksOf({ kind }: KubeObject, { creator }: TargetPods, { breaks }: Steadiness): number {
  return creator === undefined && kind !== 'Pod' ? 0 : breaks
}

function flappingText(breaks: number): string {
  return `lost readiness or restarted ${timesText(breaks)} during the wait`
}

/** At the deadline, what broke again and again is not on its way any more. */
function flappingHealth({ status, message }: Health, { breaks }: TargetScene): Health {
  return breaks === 0 ? { status, message } : { status: breaks > 1 ? 'Degraded' : status, message: `${message}; ${flappingText(breaks)}` }
}

/** A probe that fails now has succeeded before: that it flaps tells more than that it fails. */
function withBreaks(diagnosis: Diagnosis, { breaks }: TargetScene): Diagnosis {
  return breaks === 0 || diagnosis.cause !== 'probe' ? diagnosis : { ...diagnosis, message: `${diagnosis.message}; ${flappingText(breaks)}` }
}

/** Says how often a target broke that may even look well at the end, and what the probes of its Pods said. */
function flappingDiagnosis({ message }: Health, scene: TargetScene): Diagnosis {
  const { object, targetPods, around, pods, now, startedAt, breaks } = scene
  const disturbed = targetPods.pods.filter(({ metadata: { uid = '' } }) => pods.get(uid)?.disturbedAt !== undefined)
  const events = disturbed.flatMap(({ metadata }) => around.eventsOf(metadata.uid).filter(({ reason }) => reason === 'Unhealthy'))
  return {
    cause: events.length === 0 ? 'deadline' : 'probe',
    message: `${subjectText(subjectOf(object))}: ${flappingText(breaks)} of ${formatDuration(now - startedAt)}: ${message}`,
    certain: true,
    object: subjectOf(object),
    affected: { pods: disturbed.length, total: targetPods.pods.length },
    events: eventNotes(events),
    ...probedLog(disturbed, events),
    hint: 'Find out from the Events of its readiness probe and from its log why it does not stay ready.',
  }
}

/** The log of the container whose probe failed last. */
function probedLog(pods: readonly KubeObject[], events: readonly ClusterEvent[]): Pick<Diagnosis, 'container' | 'log'> {
  const { uid, container } = events.toSorted((a, b) => b.last - a.last).find((event) => event.container !== undefined) ?? {}
  const pod = pods.find(({ metadata }) => metadata.uid === uid)?.metadata.name
  return pod === undefined || container === undefined ? {} : { container, log: { pod, container, previous: false } }
}

/** Says what was still waited for when time was up. */
function deadlineDiagnosis(health: Health, scene: TargetScene): Diagnosis {
  if (scene.breaks > 0) return flappingDiagnosis(health, scene)
  const { status, message } = health
  const { object, targetPods, around, now, startedAt } = scene
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
    hint: status === 'Suspended' ? suspendedHint(object) : 'Give it more time, or find out what holds it up.',
  }
}

function lastDisturbance({ pods }: TargetPods, { pods: history }: Scene): number | undefined {
  const moments = pods.flatMap(({ metadata: { uid = '' } }) => history.get(uid)?.disturbedAt ?? [])
  return moments.length === 0 ? undefined : Math.max(...moments)
}

/** A Job that is Complete and a Pod that has Succeeded stay so. */
function completionOf(object: KubeObject, { status, message }: Assessment): Pick<TargetMemory, 'completed'> {
  const ends = object.kind === 'Job' || (object.kind === 'Pod' && textAt(object, 'status', 'phase') === 'Succeeded')
  return ends && status === 'Healthy' ? { completed: message } : {}
}

/** A paused Deployment goes on when it is resumed, an update with OnDelete when its Pods are deleted. */
function suspendedHint(object: KubeObject): string {
  const isOnDelete = textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete'
  return isOnDelete ? 'Delete the Pods of the earlier revision: with updateStrategy OnDelete nothing else replaces them.' : 'Resume it.'
}

/** Reads from what is being deleted that it had completed before: what is made to end by its deletion has not. Only a Job keeps the times to tell. */
function completionBeforeRemoval(object: KubeObject): Pick<TargetMemory, 'completed'> {
  const { deletionTimestamp = '', ...metadata } = object.metadata
  const completedAt = conditionOf(object, 'Complete')?.lastTransitionTime ?? ''
  const isProven = object.kind === 'Job' && Date.parse(completedAt) <= Date.parse(deletionTimestamp)
  return isProven ? completionOf(object, assess({ ...object, metadata })) : {}
}

function uidOf({ metadata: { uid } }: KubeObject): Pick<TargetMemory, 'uid'> {
  return uid === undefined ? {} : { uid }
}
