import type { SourceCommit } from '@fairlead/base'
import type { KubeObject, StringMap } from '@fairlead/kube'
import type { Backend, SlotName } from '@fairlead/traffic'

/** A release as the journal remembers it. */
export interface ReleaseNote {
  /** Counted per app from 1; 0 is what was there before us. */
  readonly number: number
  /** Digest of what was rendered; empty for release 0, which we did not render. */
  readonly identity: string
  readonly images: readonly string[]
  /** What its Pods were seen to run, where the template names no digest. */
  readonly running?: readonly string[]
  /** How many Pods it was released with. */
  readonly replicas?: number
  /** Digest of the objects that accompany it; undefined where it brought none of its own. */
  readonly companions?: string
  /** When it began, by the wall clock of the run. */
  readonly at?: string
  /** The commit it was made from, where its run knew one. */
  readonly source?: SourceCommit
  /** Why nothing before it can be gone back to, where its user said so. */
  readonly irreversible?: string
  /** The copies of configuration its Pods read. */
  readonly config?: readonly ConfigName[]
}

/** Names an object that Pods read their configuration from. */
export interface ConfigName {
  readonly kind: 'ConfigMap' | 'Secret'
  readonly name: string
}

/** A release and where it stands. */
export interface Placed {
  readonly backend: Backend
  readonly release: ReleaseNote
}

/** What was there before us, and what must be restored when we leave it again. */
export interface Adoption {
  /** The Deployment that is held. */
  readonly deployment: string
  readonly uid: string
  /** The ReplicaSet its Pods belong to; unknown until the hold has taken. */
  readonly hash?: string
  /** Its name. */
  readonly replicaSet?: string
  /** The Service's selector as the user wrote it. */
  readonly selector: StringMap
  readonly replicas: number
}

/** An object that a rollout is about to create. */
export interface Creation {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

/** A release that is on its way, with all that the way back needs. */
export interface Rollout {
  readonly release: ReleaseNote
  readonly slot: SlotName
  /** What served when it began; undefined for a first release. */
  readonly from?: Backend
  /** The selector that was there when it began; undefined where there was no Service, or none in it. */
  readonly selector?: StringMap
  /** What the slot held before, as it is applied; undefined for a new slot. */
  readonly before?: KubeObject
  /** What was not there before. Written before it is created, so some of it may not exist. */
  readonly created: readonly Creation[]
  /** Objects that were there and are about to be changed, as they are applied to be as before. Never a Secret. */
  readonly changed?: readonly KubeObject[]
  /** The last step that was begun. */
  readonly step: string
  readonly state: 'running' | 'parked'
  /** The holder that last worked on it. */
  readonly by?: string
  /** Milliseconds it was watched under its users without a complaint. */
  readonly soaked?: number
  /** Whether the pointer was told to move; it is set before that write. */
  readonly moving: boolean
  /** What becomes of pin and mark once it is accepted, whoever accepts it. */
  readonly order?: { readonly lifts?: Pin; readonly mark?: SourceCommit }
  /** It is a way back: a release that was accepted before is put into the slot again, from its record. */
  readonly restores?: true
}

/** The step a run is at: written before its first effect, and gone once the run has ended in order. */
export interface Doing {
  /** The step as the plan prints it. */
  readonly step: string
  /** `unknown`: the run was stopped before it heard whether its write took. */
  readonly state: 'begun' | 'unknown'
  /** ISO, by the wall clock of the run. */
  readonly at: string
  /** The holder of the lock. */
  readonly by: string
}

/** A release that was accepted, and has a record of its own. */
export interface Accepted {
  readonly release: ReleaseNote
  /** ISO, by the wall clock of the run. */
  readonly at: string
  /** Why it was left, if it was rolled back from. */
  readonly bad?: string
}

/** Keeps a release that was rolled back from out of production, until a person or a later commit lifts it. */
export interface Pin {
  /** Shared with the hold in Git, where there is one. */
  readonly id: string
  /** The number of the bad release. */
  readonly release: number
  readonly identity: string
  /** Its images by digest, as far as those are known. */
  readonly images: readonly string[]
  readonly source?: SourceCommit
  readonly reason: string
  readonly actor: string
  /** ISO, by the wall clock of the run. */
  readonly at: string
}

/** What is known about an app from one run to the next. */
export interface Journal {
  readonly format: 1
  /** How many runs have written here; part of every move label, so that two runs never use the same. */
  readonly token: number
  /** The highest number a release was given. */
  readonly last: number
  readonly active?: Placed
  /** What was active before, and can be again. */
  readonly previous?: Placed & { readonly bad?: boolean }
  readonly adoption?: Adoption
  readonly rollout?: Rollout
  /** A way back to `previous` was begun: the pointer may lead to either. */
  readonly returning?: boolean
  /** Until when a warm standby is kept; absent, until the next release. */
  readonly standbyUntil?: string
  /** The standby is kept warm until the next release. */
  readonly warm?: true
  readonly doing?: Doing
  /** The last releases that were accepted, the newest first, each with a record. */
  readonly history?: readonly Accepted[]
  readonly pin?: Pin
  /** Pins that were there before, and hold as well. */
  readonly olderPins?: readonly Pin[]
  /** The newest source that was ever accepted: a rollback does not lower it. */
  readonly mark?: SourceCommit
}

/** The journal of an app nobody has released yet. */
export const EMPTY_JOURNAL: Journal = { format: 1, token: 0, last: 0 }
