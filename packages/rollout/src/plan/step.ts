import type { Duration, SourceCommit } from '@fairlead/base'
import type { Check } from '@fairlead/health/checks'
import type { KubeObject, ManifestObject, StringMap } from '@fairlead/kube'
import type { Backend, SlotName } from '@fairlead/traffic'
import type { ConfigName, Creation, Pin, ReleaseNote, Rollout } from '../journal/index.ts'
import type { RecordContent } from '../records/index.ts'
import type { Original } from '../standing/index.ts'
import type { RunOrigin } from './options.ts'

/** Writes the journal for the first time: from here on the rollout can be found again. */
export interface BeginStep {
  readonly type: 'begin'
  /** What becomes of pin and mark once it is accepted. */
  readonly order?: Rollout['order']
  readonly app: string
  readonly release: ReleaseNote
  readonly slot: SlotName
  readonly from: Backend | undefined
  /** What the Service selects now; undefined where there is none. */
  readonly selector: StringMap | undefined
  /** What is held for the first time; undefined where nothing is. */
  readonly adopts: { readonly deployment: string; readonly uid: string; readonly replicas: number } | undefined
  /** What the slot holds now, to be put back; undefined for a new slot. */
  readonly before: KubeObject | undefined
  /** It is a way back to a release that was accepted before. */
  readonly restores?: true
}

/** Pauses the Deployment that serves, so that nothing can replace the Pods the Service is about to be pinned to. */
export interface HoldStep {
  readonly type: 'hold'
  readonly app: string
  readonly deployment: string
  /** How long to wait for a rolling update that is under way. */
  readonly timeout: Duration
}

/** Pins the Service to the Pods that serve already. */
export interface NarrowStep {
  readonly type: 'narrow'
  readonly app: string
  readonly service: string
}

/** Applies what comes with the release beside its Deployment. */
export interface ApplyStep {
  readonly type: 'apply'
  /** Objects under names of their own content: what exists is as it must be. */
  readonly config: readonly { readonly app: string; readonly object: KubeObject }[]
  readonly companions: readonly Companion[]
  /** HPAs: what they scale is never part of their apply. */
  readonly autoscalers: readonly (Companion & { readonly target: string })[]
  readonly force: boolean
}

/** An object that comes with the release. */
export interface Companion {
  /** The app it is remembered under. */
  readonly app: string
  readonly object: KubeObject
  readonly manifest: ManifestObject
  /** It is the app's own Service. */
  readonly isPointer?: true
}

/** Takes every Pod out of a slot and waits until they are gone: what runs there is never rolled in place. */
export interface EmptyStep {
  readonly type: 'empty'
  readonly app: string
  readonly slot: SlotName
}

/** Puts a release into a slot. */
export interface PrepareStep {
  readonly type: 'prepare'
  readonly app: string
  readonly slot: SlotName
  readonly deployment: KubeObject
  readonly replicas: number
  /** Whether the slot has to be made first. */
  readonly isNew: boolean
  readonly force: boolean
}

/** Brings back the Pods of a backend that stands at zero, or has too few of them. */
export interface ScaleStep {
  readonly type: 'scale'
  readonly app: string
  readonly backend: Backend
  readonly replicas: number
  readonly before: number
}

/** Waits until backends are healthy: the first of the two proofs that a move needs. */
export interface AwaitStep {
  readonly type: 'await'
  readonly targets: readonly AwaitTarget[]
  /** Workloads that come with the release and have no slots. */
  readonly beside: readonly ManifestObject[]
  readonly timeout: Duration
  readonly stability: Duration
}

export interface AwaitTarget {
  readonly app: string
  readonly backend: Backend
  readonly replicas: number
  /** What serves now, where the candidate is to have as many Pods: it may be scaled while the candidate is waited for. */
  readonly keepsUpWith?: Backend
  /** Whether the template names its images by digest; false, and the Pods must agree. */
  readonly pinned?: boolean
  /** Where the Deployment stands in the user's files, for annotations. */
  readonly manifest?: ManifestObject
}

/** Asks the candidates' Pods: the second proof, where there are checks. */
export interface CheckStep {
  readonly type: 'check'
  /** The wait that has seen the Pods which are asked. */
  readonly health: AwaitStep
  readonly checks: readonly Check[]
}

/** Points a Service at other Pods. Only `moveStep` makes one. */
export interface MoveStep {
  readonly type: 'move'
  readonly app: string
  readonly service: string
  readonly from: Backend | undefined
  readonly to: Backend
  readonly atLeast: number
  /** What must have come out well, in this very run, before traffic moves. */
  readonly needs: readonly Step[]
  /** The labels all Pods of the app share. */
  readonly base: StringMap
  /** What people call that to which it moves, where its backend does not say. */
  readonly called?: string
}

/** Shows that every endpoint is a Pod of the backend the pointer leads to. */
export interface ProveStep {
  readonly type: 'prove'
  readonly app: string
  readonly service: string
  readonly backend: Backend
  readonly atLeast: number
}

/** Points what scales the app at the Deployment that serves. */
export interface HandOverStep {
  readonly type: 'hand-over'
  readonly app: string
  readonly autoscaler: string
  readonly from: Backend | undefined
  readonly to: Backend
}

/** Shares the Pods of an app out between the user's own PodDisruptionBudgets and copies of them, so that each is under one. */
export interface BudgetStep {
  readonly type: 'budget'
  readonly app: string
  /** The user's own. */
  readonly budgets: readonly Original[]
  /** The Pods that copies cover; undefined where the user's own cover all there are. */
  readonly beside: Backend | undefined
  /** Copies that are deleted first. */
  readonly stale: readonly string[]
}

/** Gives nodes and proxies the time to follow. */
export interface SettleStep {
  readonly type: 'settle'
  readonly duration: Duration
}

/** Watches the release under its users. */
export interface SoakStep {
  readonly type: 'soak'
  readonly duration: Duration
  readonly targets: readonly (AwaitTarget & { readonly service: string })[]
  readonly checks: readonly Check[]
  readonly url: URL | undefined
}

/** Leaves the rollout as it stands, for a later run to continue. */
export interface ParkStep {
  readonly type: 'park'
  readonly apps: readonly string[]
  readonly at: 'verified' | 'switched'
}

/** Writes down what serves from now on. */
export interface RecordStep {
  readonly type: 'record'
  readonly app: string
  readonly release: ReleaseNote
  readonly backend: Backend
  readonly from: Backend | undefined
  /** A way back: what served before is marked as bad. */
  readonly isWayBack: boolean
  readonly standby: Standby
  /** What its record says; undefined where the release itself is not at hand: it is then taken from the slot. */
  readonly content?: RecordContent
  readonly origin?: RunOrigin
  /** The pin that falls. */
  readonly lifts?: Pin
  /** The newest source that was ever accepted, from now on. */
  readonly mark?: SourceCommit
}

/** Keeps a release that is rolled back from out of production. */
export interface PinStep {
  readonly type: 'pin'
  readonly app: string
  readonly pin: Omit<Pin, 'at'>
}

/** What becomes of Pods that do not serve any more. */
export type Standby = { readonly type: 'cold' } | { readonly type: 'warm'; readonly for?: Duration }

/** Takes the old Pods away once nobody asks them any more. */
export interface RetireStep {
  readonly type: 'retire'
  readonly app: string
  readonly backend: Backend
  readonly drain: Duration
  readonly standby: Standby
  /** Deletes the adopted Deployment instead of leaving it at zero. */
  readonly cleanup: boolean
}

/** Gives the Service back the selector its user wrote. */
export interface ReopenStep {
  readonly type: 'reopen'
  readonly app: string
  readonly service: string
}

/** Lets the user's own Deployment go again. */
export interface LetGoStep {
  readonly type: 'let-go'
  readonly app: string
  readonly deployment: string
}

/** Puts back what a slot held before a release that was taken back, at zero: it is the way back of the release that serves. */
export interface PutBackStep {
  readonly type: 'put-back'
  readonly app: string
  readonly slot: SlotName
  readonly before: KubeObject
}

/** Applies objects as they were before a release that was taken back has changed them. */
export interface RestoreStep {
  readonly type: 'restore'
  readonly app: string
  readonly changed: readonly KubeObject[]
}

/** Deletes what a release made that was taken back. */
export interface RemoveStep {
  readonly type: 'remove'
  readonly app: string
  readonly created: readonly Creation[]
}

/** Ends a rollout that was taken back. */
export interface EndStep {
  readonly type: 'end'
  readonly app: string
}

/** Writes down that an app is on its way out, and what of it is its user's own, before the first change. */
export interface LeaveStep {
  readonly type: 'leave'
  readonly app: string
  /** The Service's selector as its user wrote it. */
  readonly selector: StringMap
  /** The Deployment of the app's own name, where there is one. */
  readonly uid: string | undefined
  readonly replicas: number
}

/** Makes the ConfigMaps and Secrets that copies were made of again, where they are gone. */
export interface RestoreConfigStep {
  readonly type: 'restore-config'
  readonly app: string
  /** The slot whose copies are meant. */
  readonly slot: SlotName
  /** What may be copies, by their names. */
  readonly copies: readonly ConfigName[]
}

/** Puts what a slot runs into a Deployment of the app's own name, with nothing of ours in its template. */
export interface RestorePlainStep {
  readonly type: 'restore-plain'
  readonly app: string
  readonly slot: SlotName
  /** The labels its Pods are known by, for a Deployment that has to be made. */
  readonly selector: StringMap
  readonly replicas: number
  readonly isNew: boolean
  /** What may be copies of configuration, by their names. */
  readonly copies: readonly ConfigName[]
}

/** Writes down where an app serves from, while it is on its way out. */
export interface ArriveStep {
  readonly type: 'arrive'
  readonly app: string
  readonly backend: Backend
  /** What served until now, and can be gone back to while it has Pods. */
  readonly from: Backend
}

/** Takes every Pod out of the slots of an app that serves from elsewhere, once clients that keep their connections have had their time. */
export interface ClearStep {
  readonly type: 'clear'
  readonly app: string
  readonly slots: readonly SlotName[]
  readonly drain: Duration
}

/** Gives a Service its user's own selector back while users are on it. */
export interface OpenStep {
  readonly type: 'open'
  readonly app: string
  readonly service: string
}

/** Deletes what is ours of an app, and gives up every field of what stays. */
export interface ForgetStep {
  readonly type: 'forget'
  readonly app: string
  readonly service: string
  readonly slots: readonly SlotName[]
  readonly autoscaler: string | undefined
  /** The user's own PodDisruptionBudgets over its Pods. */
  readonly budgets: readonly string[]
  /** Some of its copies may be Secrets. */
  readonly secrets: boolean
}

/** One thing a plan does. Data: what it means to do it, and to take it back, is in `steps/`. */
export type Step =
  | PinStep
  | BeginStep
  | HoldStep
  | NarrowStep
  | ApplyStep
  | EmptyStep
  | PrepareStep
  | ScaleStep
  | AwaitStep
  | CheckStep
  | MoveStep
  | ProveStep
  | HandOverStep
  | BudgetStep
  | SettleStep
  | SoakStep
  | ParkStep
  | RecordStep
  | RetireStep
  | ReopenStep
  | LetGoStep
  | PutBackStep
  | RestoreStep
  | RemoveStep
  | EndStep
  | LeaveStep
  | RestoreConfigStep
  | RestorePlainStep
  | ArriveStep
  | ClearStep
  | OpenStep
  | ForgetStep

export type StepType = Step['type']
export type StepOf<Type extends StepType> = Extract<Step, { readonly type: Type }>

/** Makes a step that moves traffic. It cannot be made without a wait for the health of what it moves to. */
export function moveStep(step: Omit<MoveStep, 'type' | 'needs'>, proof: { readonly health: AwaitStep; readonly checks: CheckStep | undefined }): MoveStep {
  const { health, checks } = proof
  return { type: 'move', ...step, needs: checks === undefined ? [health] : [health, checks] }
}
