import type { Condition, KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, degraded, doomed, healthy, progressing, settling, staleReason } from '../judging/assessment.ts'
import { conditionsOf, conditionText } from '../reading/condition.ts'
import { textAt } from '../reading/fields.ts'
import { currentConditions } from './conditions.ts'

/** Conditions that say by being true that an object is as it should be, the most telling first. */
const GOOD = ['Ready', 'Healthy', 'Available', 'Programmed', 'Established', 'Succeeded', 'Complete']
/** Conditions that say by being true that work is going on. */
const BUSY = ['Reconciling', 'Progressing']
/** Reasons with which `Progressing` stays true after the work is done. */
const DONE = /Available|Complete|Succe|AsExpected|UpToDate/i

/**
 * Judges an object of a kind nobody told us about, by the conventions controllers share.
 *
 * An object that shows no condition we know is Healthy only in that it exists, and the message says so: a rule that waited for more could wait for ever.
 * https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
export function assessCustomResource(object: KubeObject, context: AssessContext): Assessment {
  const stale = staleReason(object, context)
  if (stale !== undefined) return progressing(stale)
  const conditions = conditionsOf(object)
  const current = currentConditions(object, conditions)
  if (conditions.length > 0 && current.length === 0) return progressing('none of its conditions is of its newest generation yet')
  return assessConditions(current) ?? assessExistence(object, current)
}

/** Judges by the conditions that are known everywhere; undefined when there is none of them. */
export function assessConditions(conditions: readonly Condition[]): Assessment | undefined {
  const find = (type: string, status: string) => conditions.find((condition) => condition.type === type && condition.status === status)
  const stalled = find('Stalled', 'True')
  if (stalled !== undefined) return doomed('failed', conditionText(stalled))
  const bad = find('Failed', 'True') ?? find('Degraded', 'True')
  if (bad !== undefined) return degraded(conditionText(bad))
  const busy = BUSY.map((type) => find(type, 'True')).find((condition) => condition !== undefined && !DONE.test(condition.reason ?? ''))
  if (busy !== undefined) return progressing(conditionText(busy))
  const good = GOOD.flatMap((type) => conditions.filter((condition) => condition.type === type))
  const missing = good.find(({ status }) => status !== 'True')
  if (missing !== undefined) return progressing(conditionText(missing))
  return good[0] === undefined ? undefined : healthy(conditionText({ type: good[0].type, status: 'True' }))
}

/** Settles, so that a controller that is about to write its first condition has had a chance to. */
function assessExistence(object: KubeObject, conditions: readonly Condition[]): Assessment {
  const phase = textAt(object, 'status', 'phase')
  if (phase !== undefined && /fail|error|degraded|crash/i.test(phase)) return degraded(`its phase is ${phase}`)
  if (conditions.length > 0) return settling(`exists; none of its conditions tells whether it is ready (${conditions.map(({ type }) => type).join(', ')})`)
  return settling(phase === undefined ? 'exists; it has no conditions that would tell more' : `exists; its phase is ${phase} and it has no conditions`)
}
