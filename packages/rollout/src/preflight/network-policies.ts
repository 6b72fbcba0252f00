import { describeObject, selects, valueAt, type KubeObject, type LabelSelector, type StringMap } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import type { AppRelease } from '../release/index.ts'
import { activeOf, candidateSlot, podLabels, type Standing } from '../standing/index.ts'

/** NetworkPolicies that go by a label which the Pods that serve have and the new ones lack: whom they may talk to, and who to them, would change with the move. */
export function policyNotes(standing: Standing, { app, template }: AppRelease): readonly string[] {
  const { policies, plain } = standing
  const serving = activeOf(standing)?.workload ?? plain
  const unseen = policies.unseen === undefined ? [] : [`${policies.unseen}, so nobody knows whether one leaves the new Pods of ${app} out`]
  if (serving === undefined) return unseen
  const labels = { before: podLabels(serving), after: { ...template.metadata?.labels, [LABELS.app]: app, [LABELS.slot]: candidateSlot(standing) } }
  return [...unseen, ...policies.items.flatMap((policy) => [...losesPods(policy, labels), ...losesPeers(policy, labels)])]
}

interface Change {
  readonly before: StringMap
  readonly after: StringMap
}

function losesPods(policy: KubeObject, change: Change): readonly string[] {
  const selector = (valueAt(policy, ['spec', 'podSelector']) ?? {}) as LabelSelector
  if (!isLost(selector, change)) return []
  return [`${describeObject(policy)} applies to the Pods that serve now and not to the new ones${missing(selector, change)}`]
}

function losesPeers(policy: KubeObject, change: Change): readonly string[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    const rules = (valueAt(policy, ['spec', direction]) ?? []) as readonly Readonly<Record<string, readonly Peer[] | undefined>>[]
    const peers = rules.flatMap((rule) => rule[direction === 'ingress' ? 'from' : 'to'] ?? [])
    const lost = peers.flatMap(({ podSelector }) => podSelector ?? []).find((selector) => isLost(selector, change))
    if (lost === undefined) return []
    const what = direction === 'ingress' ? 'lets in what the Pods that serve now send' : 'lets out what is sent to the Pods that serve now'
    return [`${describeObject(policy)} ${what}, and not so for the new ones${missing(lost, change)}`]
  })
}

interface Peer {
  readonly podSelector?: LabelSelector
}

function isLost(selector: LabelSelector, { before, after }: Change): boolean {
  return selects(selector, before) && !selects(selector, after)
}

function missing({ matchLabels = {} }: LabelSelector, { after }: Change): string {
  const lacking = Object.entries(matchLabels).filter(([key, value]) => after[key] !== value)
  return lacking.length === 0 ? '' : `, which lack ${lacking.map(([key, value]) => `${key}=${value}`).join(', ')}`
}
