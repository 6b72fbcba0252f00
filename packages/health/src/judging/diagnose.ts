import type { KubeObject } from '@fairlead/kube'
import { CAUSES, type Diagnosis, type Subject, subjectText } from '../diagnosis.ts'
import { eventNotes } from '../reading/event.ts'
import type { Located } from './examine.ts'
import { fieldIn } from './field-path.ts'
import type { Sign, Sightings } from './history.ts'

/** What a diagnosis rests on beside the findings. */
export interface Evidence {
  readonly sightings: Sightings
  /** Our own monotonic time. */
  readonly now: number
  /** Time is up, or the object itself has given up: what was not certain is the answer all the same. */
  readonly isFinal: boolean
  /** How many Pods count. */
  readonly total: number
}

interface Weighed extends Located {
  readonly certainAt: number
}

/** Names a finding for the memory of since when it has been there. */
export function signOf({ object, finding }: Located): Sign {
  const name = `${object.metadata.uid ?? object.metadata.name}/${finding.cause}/${finding.container ?? ''}`
  return { name, proven: finding.proven }
}

/**
 * Picks the first cause: what is certain before what is not, then in causal order. Undefined without findings.
 * `target` is the object whose manifest the reader can change; the finding may be about a Pod of it.
 */
export function diagnose(target: KubeObject, findings: readonly Located[], evidence: Evidence): Diagnosis | undefined {
  const weighed = findings.map((located) => ({ ...located, certainAt: certainAtOf(located, evidence) }))
  const first = weighed.toSorted((a, b) => rank(a, evidence) - rank(b, evidence) || a.certainAt - b.certainAt || compare(a, b))[0]
  if (first === undefined) return undefined
  const { object, finding, certainAt } = first
  const field = fieldIn(target, finding.field)
  return {
    cause: finding.cause,
    message: `${subjectText(subjectOf(object))}: ${finding.says}`,
    certain: evidence.isFinal || certainAt <= evidence.now,
    ...(Number.isFinite(certainAt) ? { certainAt } : {}),
    object: subjectOf(object),
    ...(finding.container === undefined ? {} : { container: finding.container }),
    affected: { pods: affectedPods(weighed, first), total: evidence.total },
    events: eventNotes(finding.events),
    ...(finding.log === undefined ? {} : { log: finding.log }),
    ...(field === undefined ? {} : { field }),
    hint: finding.hint,
  }
}

/** Names an object for messages. */
export function subjectOf({ kind, metadata: { namespace, name } }: KubeObject): Subject {
  return namespace === undefined ? { kind, name } : { kind, namespace, name }
}

/** Says when a finding is certain, if it stays; Infinity when only the deadline decides. */
export function certainAtOf(located: Located, { sightings, now }: Evidence): number {
  return (sightings.get(signOf(located).name) ?? now) + located.finding.patience
}

function rank({ finding, certainAt }: Weighed, { now, isFinal }: Evidence): number {
  return (isFinal || certainAt <= now ? 0 : CAUSES.length) + CAUSES.indexOf(finding.cause)
}

function compare(a: Weighed, b: Weighed): number {
  return a.object.metadata.name < b.object.metadata.name ? -1 : 1
}

function affectedPods(weighed: readonly Weighed[], { finding }: Weighed): number {
  return new Set(weighed.filter((other) => other.object.kind === 'Pod' && other.finding.cause === finding.cause).map(({ object }) => object.metadata.name)).size
}
