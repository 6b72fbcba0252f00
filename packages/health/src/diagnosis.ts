import type { Health } from './health.ts'

/** Why an object is not healthy, in the order in which one leads to another: what stands earlier explains what stands later. */
export const CAUSES = [
  'missing',
  'no-replicas',
  'quota',
  'admission',
  'unschedulable',
  'volume',
  'image-pull',
  'missing-config',
  'container-create',
  'init-container',
  'out-of-memory',
  'probe',
  'crash',
  'eviction',
  'node-lost',
  'stalled-update',
  'failed',
  'deadline',
] as const

/** One of `CAUSES`. `missing` is a target that is not there or no longer; `failed` is an object that says so itself (a Job, a custom resource); `deadline` is the absence of any other. */
export type Cause = (typeof CAUSES)[number]

/** Names the object a sentence is about. */
export interface Subject {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** What an Event of the cluster said, and how often. */
export interface EventNote {
  readonly reason: string
  readonly message: string
  readonly count: number
}

/** The log in which a cause explains itself. `previous` is the life of the container before the present one. */
export interface LogPlace {
  readonly pod: string
  readonly container: string
  readonly previous: boolean
}

/** A place in a manifest, from its root: `['spec', 'template', 'spec', 'containers', 0, 'image']`. */
export type FieldPath = readonly (string | number)[]

/** The first cause of an object's ill health, and how sure we are of it. */
export interface Diagnosis {
  readonly cause: Cause
  /** One sentence without a full stop: `<Kind> "<namespace>/<name>": <what is wrong>`, about `object`, as far as the cluster tells in its own words. */
  readonly message: string
  /** Waiting longer cannot help. */
  readonly certain: boolean
  /** Monotonic milliseconds at which it is or will be certain if nothing changes; absent when only the deadline decides. */
  readonly certainAt?: number
  /** The object that shows it: often a Pod or ReplicaSet of the target. */
  readonly object: Subject
  readonly container?: string
  /** How many of the Pods that count show the same cause; a cause that keeps Pods from being created counts none. */
  readonly affected: { readonly pods: number; readonly total: number }
  /** The last few Events that bear on it, newest last. */
  readonly events: readonly EventNote[]
  readonly log?: LogPlace
  /** Where the target's own manifest says what is wrong. */
  readonly field?: FieldPath
  /** One imperative sentence. */
  readonly hint: string
}

/** Writes the name of an object as every message begins. */
export function subjectText({ kind, namespace, name }: Subject): string {
  return `${kind} "${namespace === undefined ? name : `${namespace}/${name}`}"`
}

/** An object beneath a target, as a job summary shows it: ReplicaSets, Pods. */
export interface Branch {
  readonly subject: Subject
  readonly health: Health
  readonly branches: readonly Branch[]
}
