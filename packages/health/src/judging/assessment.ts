import { groupOf, type KubeObject } from '@fairlead/kube'
import { at, numberAt } from '../reading/fields.ts'
import { groupKindOf } from '../reading/group-kind.ts'
import type { Health } from '../health.ts'
import { NOTHING_KNOWN, type Surroundings } from '../seeing/surroundings.ts'
import type { Target } from '../target.ts'

/** A health, with what only the wait needs to know about it. */
export interface Assessment extends Health {
  /** The object itself says that waiting longer cannot help, and in which way. */
  readonly doomed?: 'no-replicas' | 'failed'
  /** Healthy, but nothing in the cluster has waited to see whether it stays so: a stability window of ours must pass. */
  readonly settles?: true
}

/** What is known beside the object. */
export interface AssessOptions extends Pick<Target, 'generation' | 'allowZero' | 'floor'> {
  readonly around?: Surroundings
}

/** The same, with nothing left out. */
export interface AssessContext extends AssessOptions {
  readonly around: Surroundings
}

/** Judges objects of one kind. */
export type Assess = (object: KubeObject, context: AssessContext) => Assessment

export function healthy(message: string): Assessment {
  return { status: 'Healthy', message }
}

/** Healthy by the cluster's own account, which has not waited: our stability window follows. */
export function settling(message: string): Assessment {
  return { status: 'Healthy', message, settles: true }
}

export function progressing(message: string): Assessment {
  return { status: 'Progressing', message }
}

export function suspended(message: string): Assessment {
  return { status: 'Suspended', message }
}

export function degraded(message: string): Assessment {
  return { status: 'Degraded', message }
}

/** Degraded for good: no waiting helps. */
export function doomed(kind: NonNullable<Assessment['doomed']>, message: string): Assessment {
  return { status: 'Degraded', message, doomed: kind }
}

/** Fills in what was not given. */
export function contextOf(options: AssessOptions): AssessContext {
  return { ...options, around: options.around ?? NOTHING_KNOWN }
}

/**
 * Says why the status of an object cannot be read yet: its controller has not observed the newest generation, ours included.
 * Undefined when it can. Everything else in a status is stale until then.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
 */
export function staleReason(object: KubeObject, { generation: ours }: AssessContext): string | undefined {
  const generation = numberAt(object, 'metadata', 'generation') ?? 0
  if (ours !== undefined && generation < ours) return `generation ${ours}, which we wrote, has not been seen yet, got ${generation}`
  const observed = observedGenerationOf(object) ?? (isAlwaysObserved(object) ? 0 : undefined)
  if (observed === undefined || observed >= generation) return undefined
  return `its controller has not observed generation ${generation} yet, got ${observed}`
}

/** Reads the observed generation, which some custom resources write as text; undefined when there is none that can be compared. */
export function observedGenerationOf(object: KubeObject): number | undefined {
  const value = at(object, 'status', 'observedGeneration')
  if (typeof value === 'string' && /^\d+$/.test(value)) return Number(value)
  return typeof value === 'number' ? value : undefined
}

/** Kinds whose controllers always write which generation they saw, so that none written means none seen. */
function isAlwaysObserved(object: KubeObject): boolean {
  return groupOf(object.apiVersion) === 'apps' || ALWAYS_OBSERVED.has(groupKindOf(object))
}

const ALWAYS_OBSERVED = new Set(['/ReplicationController', 'policy/PodDisruptionBudget'])

/** Writes a count with its noun: `1 Pod`, `3 Pods`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
