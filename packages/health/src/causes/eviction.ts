import { conditionOf, oneLine } from '../reading/condition.ts'
import { textAt } from '../reading/fields.ts'
import { type Finding, type ObservedPod, UNTIL_DEADLINE } from '../judging/finding.ts'

const EVICTED = new Set([
  'Evicted',
  'Preempting',
  'Preempted',
  'Terminated',
  'NodeShutdown',
  'Shutdown',
  'UnexpectedAdmissionError',
  'OutOfcpu',
  'OutOfmemory',
  'OutOfpods',
  'NodeAffinity',
])

/** Finds a Pod that its node put out: not a failure of its containers. Its owner makes another, so only the deadline decides. */
export function findEviction({ pod, events }: ObservedPod): Finding | undefined {
  const reason = textAt(pod, 'status', 'reason')
  if (reason === undefined || !EVICTED.has(reason)) return undefined
  const message = textAt(pod, 'status', 'message')
  return {
    cause: 'eviction',
    says: `was put out by its node: ${reason}${message === undefined ? '' : `: ${oneLine(message)}`}`,
    patience: UNTIL_DEADLINE,
    events: events.filter((event) => EVICTED.has(event.reason)),
    hint: 'Give the node room: requests that match the use, or more nodes.',
  }
}

/** Finds a Pod whose node has fallen silent. Whether the Pod still runs nobody knows; nodes come back, so only the deadline decides. */
export function findNodeLost({ pod, events }: ObservedPod): Finding | undefined {
  const isLost =
    textAt(pod, 'status', 'reason') === 'NodeLost' ||
    (conditionOf(pod, 'Ready')?.status === 'False' &&
      events.some(({ reason }) => reason === 'NodeNotReady') &&
      conditionOf(pod, 'ContainersReady')?.status === 'True')
  if (!isLost) return undefined
  return {
    cause: 'node-lost',
    says: `its node ${textAt(pod, 'spec', 'nodeName') ?? ''} does not answer any more`.replace('  ', ' '),
    patience: UNTIL_DEADLINE,
    events: events.filter(({ reason }) => reason === 'NodeNotReady' || reason === 'TaintManagerEviction'),
    hint: 'Look after the node.',
  }
}
