import type { KubeObject } from '@fairlead/kube'
import { oneLine } from '../reading/condition.ts'
import type { ClusterEvent } from '../reading/event.ts'
import { type Finding, UNTIL_DEADLINE } from '../judging/finding.ts'

/** Words with which the API server refused to create a Pod, and who was refused. */
export interface Refusal {
  /** The ReplicaSet, StatefulSet, DaemonSet or Job that wanted to create it. */
  readonly creator: KubeObject
  readonly message: string
  readonly events: readonly ClusterEvent[]
  /** For how long it must stand: 0 for a condition that goes with its cause, longer for an Event that stays. */
  readonly patience: number
  /** Pods of its own may still go and free their share of a quota. */
  readonly makesRoom: boolean
}

/** An account or class applied a moment after the workload is no fault yet. */
const GRACE = 5_000

const QUOTA = /exceeded quota: ([^,]+), requested: (.+?), used: (.+?), limited: (.+)$/
const UNSPECIFIED = /failed quota: ([^:]+): must specify (.+)$/
const ACCOUNT = /service ?account "?(?:[^"\s]+\/)?([^"\s/:]+)"? not found|serviceaccount "([^"]+)" not found/i
const UNREACHABLE = /failed calling webhook|timed out|connection refused|etcdserver|the server was unable|try again|status unknown for quota/i

/** Reads a refusal for want of quota: which resource, how much was asked for, used and allowed. */
export function findQuota(refusal: Refusal): Finding | undefined {
  const words = oneLine(refusal.message)
  const exceeded = QUOTA.exec(words)
  if (exceeded !== null) return quotaExceeded(refusal, exceeded)
  const [, name = '', needs = ''] = UNSPECIFIED.exec(words) ?? []
  if (name === '') return undefined
  return { ...quotaFinding(refusal, name, `Pods must specify ${needs}`), field: ['containers'], hint: 'Set the requests and limits that the quota asks for.' }
}

/** Reads any other refusal: a webhook, a policy, Pod Security, a limit range, an account that is missing. */
export function findAdmission({ message, events, patience }: Refusal): Finding | undefined {
  const words = oneLine(message)
  if (QUOTA.test(words) || UNSPECIFIED.test(words)) return undefined
  const account = accountIn(words)
  const field = account === undefined ? fieldOf(words) : ['serviceAccountName']
  const least = account === undefined ? 0 : GRACE
  return {
    cause: 'admission',
    says: `its Pods are refused: ${refusalWords(words)}`,
    patience: UNREACHABLE.test(words) ? UNTIL_DEADLINE : Math.max(patience, least),
    events,
    ...(field === undefined ? {} : { field }),
    hint: account === undefined ? hintFor(words) : `Create ServiceAccount "${account}", or correct serviceAccountName.`,
  }
}

function quotaExceeded(refusal: Refusal, exceeded: RegExpExecArray): Finding {
  const [, name = '', requested = ''] = exceeded
  const isCount = /^(?:count\/)?pods=/.test(requested)
  return { ...quotaFinding(refusal, name, amountsText(exceeded)), ...(isCount ? {} : { field: ['containers'] }) }
}

function quotaFinding({ patience, makesRoom, events }: Refusal, name: string, says: string): Finding {
  return {
    cause: 'quota',
    says: `its Pods are refused by ResourceQuota "${name}": ${says}`,
    patience: makesRoom ? UNTIL_DEADLINE : patience,
    events,
    hint: 'Raise the quota, free some of it, or ask for less.',
  }
}

function accountIn(words: string): string | undefined {
  const account = ACCOUNT.exec(words)
  return account?.[1] ?? account?.[2]
}

/** `requests.cpu=500m,pods=1` against what is used and allowed, resource by resource. */
function amountsText([, , requested, used, limited]: RegExpExecArray): string {
  const [usedOf, limitOf] = [amountsOf(used), amountsOf(limited)]
  return [...amountsOf(requested)]
    .map(([resource, amount]) => `${resource} ${amount} requested, ${usedOf.get(resource) ?? '?'} of ${limitOf.get(resource) ?? '?'} used`)
    .join('; ')
}

function amountsOf(text = ''): ReadonlyMap<string, string> {
  return new Map(text.split(',').map((pair): [string, string] => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()]))
}

/** Leaves out what a reader of the ReplicaSet's name knows: that a Pod of it was forbidden. */
function refusalWords(words: string): string {
  return words
    .replace(/^Error creating: /, '')
    .replace(/^pods "[^"]*" is forbidden: /, '')
    .replace(/^admission webhook/, 'webhook')
}

function fieldOf(words: string): Finding['field'] {
  if (/violates PodSecurity/.test(words)) return ['securityContext']
  return /(?:maximum|minimum) (?:cpu|memory)/.test(words) ? ['containers'] : undefined
}

function hintFor(words: string): string {
  if (/violates PodSecurity/.test(words)) return 'Give the Pod the securityContext that the namespace requires.'
  if (UNREACHABLE.test(words)) return 'See to it that the webhook or API server answers.'
  return 'Change the Pod template so that the policy allows it.'
}
