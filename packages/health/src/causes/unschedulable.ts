import { conditionOf, oneLine } from '../reading/condition.ts'
import type { FieldPath } from '../diagnosis.ts'
import type { ClusterEvent } from '../reading/event.ts'
import { type Finding, type ObservedPod, UNTIL_DEADLINE } from '../judging/finding.ts'

/** So long an autoscaler may take to say that it is at work. */
const PATIENCE = 30_000

/** Events with which an autoscaler says that a node is on its way: cluster-autoscaler, Karpenter. */
const HELP_COMES = new Set(['TriggeredScaleUp', 'Nominated', 'ProvisioningRequested'])
const NO_HELP = new Set(['NotTriggerScaleUp'])

/** Where in a Pod's spec a scheduler's reason comes from. */
const FIELDS: readonly (readonly [RegExp, FieldPath])[] = [
  [/Insufficient/, ['containers']],
  [/node affinity\/selector|didn't match Pod's node/, ['nodeSelector']],
  [/untolerated taint/, ['tolerations']],
  [/pod (?:anti-)?affinity|pod topology spread/, ['affinity']],
  [/persistentvolumeclaim|volume/i, ['volumes']],
]

const GATED: Finding = {
  cause: 'unschedulable',
  says: 'is held back by its scheduling gates',
  patience: UNTIL_DEADLINE,
  events: [],
  field: ['schedulingGates'],
  hint: 'Wait for whoever set the gates to lift them.',
}

/** Finds a Pod no node fits. Certain after 30 s, unless an autoscaler's newest word is that a node is on its way. */
export function findUnschedulable({ pod, events }: ObservedPod): Finding | undefined {
  const condition = conditionOf(pod, 'PodScheduled')
  if (condition?.status !== 'False') return undefined
  return condition.reason === 'SchedulingGated' ? GATED : unfit(oneLine(condition.message ?? ''), events)
}

function unfit(message: string, events: readonly ClusterEvent[]): Finding {
  const autoscaler = events.filter(({ reason }) => HELP_COMES.has(reason) || NO_HELP.has(reason)).toSorted((a, b) => b.last - a.last)[0]
  const helpComes = autoscaler !== undefined && HELP_COMES.has(autoscaler.reason)
  // A volume that is being made binds when it is there.
  const mayPass = helpComes || /unbound immediate PersistentVolumeClaims/.test(message)
  const field = FIELDS.find(([pattern]) => pattern.test(message))?.[1]
  return {
    cause: 'unschedulable',
    says: `cannot be scheduled: ${schedulerWords(message)}${autoscaler === undefined ? '' : ` (${autoscaler.reason}: ${oneLine(autoscaler.message)})`}`,
    patience: mayPass ? UNTIL_DEADLINE : PATIENCE,
    events: events.filter(({ reason }) => reason === 'FailedScheduling' || reason === autoscaler?.reason),
    ...(field === undefined ? {} : { field }),
    hint: helpComes ? 'Give the autoscaler more time.' : hintFor(message),
  }
}

/** Shortens a scheduler's message: the reasons of the nodes, without what preemption could not do. */
export function schedulerWords(message: string): string {
  // It ends in a stray ". not found" where claims are unbound.
  const words = oneLine(message.replace(/\s*(?:no new claims to deallocate,\s*)?preemption: .*$/s, '')).replace(/\. not found\.?$/, '')
  const nodes = /^0\/(\d+) nodes are available: (.*)$/.exec(words)
  if (nodes === null) return words === '' ? 'the scheduler gives no reason' : words
  return nodes[1] === '1'
    ? `the only node does not fit: ${nodes[2]?.replaceAll(/\b1 (?=Insufficient|node)/g, '')}`
    : `none of ${nodes[1]} nodes fits: ${nodes[2]}`
}

function hintFor(message: string): string {
  if (/Insufficient|Too many pods/.test(message)) return 'Ask for less, or add nodes.'
  if (/untolerated taint/.test(message)) return 'Tolerate the taint, or add nodes without it.'
  if (/affinity|selector/.test(message)) return 'Correct the node selector or affinity, or label a node so.'
  if (/unbound immediate/.test(message)) return 'Look at the PersistentVolumeClaim: its storage class, and what provisions it.'
  if (/persistentvolumeclaim/i.test(message)) return 'Create the PersistentVolumeClaim, or correct its name.'
  return 'Read the Events of the Pod, and change what it asks of a node.'
}
