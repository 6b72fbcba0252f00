import type { Condition, KubeObject } from '@fairlead/kube'
import { type Assessment, healthy, progressing } from '../judging/assessment.ts'
import { conditionText } from '../reading/condition.ts'

/** Leaves out conditions that were written for an earlier generation of the object. */
export function currentConditions({ metadata }: KubeObject, conditions: readonly Condition[]): readonly Condition[] {
  return conditions.filter(({ observedGeneration }) => observedGeneration === undefined || observedGeneration >= (metadata.generation ?? 0))
}

/** Healthy when conditions of all these types are true of this very generation; Progressing by the first that is not. */
export function requireConditions(object: KubeObject, conditions: readonly Condition[], types: readonly string[]): Assessment {
  const current = currentConditions(object, conditions)
  for (const type of types) {
    const found = current.find((condition) => condition.type === type)
    if (found === undefined) return progressing(`its controller has not said yet whether it is ${type}`)
    if (found.status !== 'True') return progressing(conditionText(found))
  }
  return healthy(types.join(' and '))
}
