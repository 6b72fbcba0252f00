import type { AccessQuestion, GrantedRule, GrantedRules, ReadOptions } from '../cluster.ts'
import { valueAt } from '../json-pointer.ts'
import type { Call } from './call.ts'
import { notExpected, parseItems, readJson } from './json.ts'
import type { Rest } from './rest.ts'

/** Asks whether this account may do something. */
export async function reviewAccess(rest: Rest, question: AccessQuestion, options: ReadOptions): Promise<boolean> {
  const { verb, group, resource, subresource, namespace, name } = question
  const call = reviewCall('SelfSubjectAccessReview', { resourceAttributes: { verb, group, resource, subresource, namespace, name } }, options)
  const answer = await readJson(rest, call)
  const allowed = valueAt(answer, ['status', 'allowed'])
  if (typeof allowed !== 'boolean') throw notExpected(call, 'a SelfSubjectAccessReview', answer)
  return allowed
}

/** Lists what this account may do in a namespace. */
export async function reviewRules(rest: Rest, namespace: string, options: ReadOptions): Promise<GrantedRules> {
  const call = reviewCall('SelfSubjectRulesReview', { namespace }, options)
  const answer = await readJson(rest, call)
  const [status, incomplete] = [valueAt(answer, ['status']), valueAt(answer, ['status', 'incomplete'])]
  if (typeof incomplete !== 'boolean') throw notExpected(call, 'a SelfSubjectRulesReview', answer)
  return { rules: parseItems(status, call, 'resourceRules').map(readRule), incomplete }
}

type Review = 'SelfSubjectAccessReview' | 'SelfSubjectRulesReview'

/** A review writes nothing, so it is sent as a read is: again when there is no answer. */
function reviewCall(kind: Review, spec: unknown, { signal }: ReadOptions): Call {
  return {
    method: 'POST',
    path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind, spec }),
    target: kind,
    signal,
  }
}

function readRule(rule: unknown): GrantedRule {
  return { verbs: words(rule, 'verbs'), groups: words(rule, 'apiGroups'), resources: words(rule, 'resources'), names: words(rule, 'resourceNames') }
}

function words(rule: unknown, field: string): readonly string[] {
  const found = valueAt(rule, [field])
  return Array.isArray(found) ? found.map(String) : []
}
