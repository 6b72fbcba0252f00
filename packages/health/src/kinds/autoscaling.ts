import type { Condition, KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, degraded, healthy, progressing, staleReason } from '../judging/assessment.ts'
import { conditionOf, conditionsIn, conditionsOf, conditionText } from '../reading/condition.ts'

/** Where the API server puts the conditions when it is asked for `autoscaling/v1`, whose status has none. */
const CONDITIONS_OF_VERSION_ONE = 'autoscaling.alpha.kubernetes.io/conditions'

/** Judges a HorizontalPodAutoscaler: it can read its metrics and change its target. Progressing until its controller has said so. */
export function assessHorizontalPodAutoscaler(object: KubeObject, context: AssessContext): Assessment {
  const stale = staleReason(object, context)
  if (stale !== undefined) return progressing(stale)
  const conditions = autoscalerConditions(object)
  const able = conditions.find(({ type }) => type === 'AbleToScale')
  const active = conditions.find(({ type }) => type === 'ScalingActive')
  if (able?.status === 'False') return degraded(conditionText(able))
  // A target at zero replicas disables it on purpose.
  if (active?.status === 'False' && active.reason !== 'ScalingDisabled') return degraded(conditionText(active))
  return able === undefined ? progressing('its controller has not looked at it yet') : healthy('able to scale')
}

/** Judges a PodDisruptionBudget: its controller has seen this generation and understands it. One that allows no eviction does its work and is Healthy. */
export function assessPodDisruptionBudget(object: KubeObject, context: AssessContext): Assessment {
  const stale = staleReason(object, context)
  if (stale !== undefined) return progressing(stale)
  const allowed = conditionOf(object, 'DisruptionAllowed')
  if (allowed?.status === 'False' && allowed.reason === 'SyncFailed') return degraded(conditionText(allowed))
  return healthy(allowed?.status === 'False' ? 'in force; it allows no eviction now' : 'in force')
}

function autoscalerConditions(object: KubeObject): readonly Condition[] {
  const conditions = conditionsOf(object)
  const text = object.metadata.annotations?.[CONDITIONS_OF_VERSION_ONE]
  return conditions.length > 0 || text === undefined ? conditions : conditionsIn(parsedList(text))
}

function parsedList(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : []
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
}
