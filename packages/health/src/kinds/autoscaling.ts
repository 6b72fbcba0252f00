import type { KubeObject } from '@fairlead/kube'
import { type Assessment, degraded, healthy, progressing } from '../assessment.ts'
import { conditionOf, conditionText } from '../condition.ts'

/** Judges a HorizontalPodAutoscaler: it can read its metrics and change its target. */
export function assessHorizontalPodAutoscaler(object: KubeObject): Assessment {
  const able = conditionOf(object, 'AbleToScale')
  const active = conditionOf(object, 'ScalingActive')
  if (able?.status === 'False') return degraded(conditionText(able))
  // A target at zero replicas disables it on purpose.
  if (active?.status === 'False' && active.reason !== 'ScalingDisabled') return degraded(conditionText(active))
  return able === undefined ? progressing('its controller has not looked at it yet') : healthy('able to scale')
}

/** Judges a PodDisruptionBudget: its controller understands it. One that allows no eviction does its work and is Healthy. */
export function assessPodDisruptionBudget(object: KubeObject): Assessment {
  const allowed = conditionOf(object, 'DisruptionAllowed')
  if (allowed?.status === 'False' && allowed.reason === 'SyncFailed') return degraded(conditionText(allowed))
  return healthy(allowed?.status === 'False' ? 'in force; it allows no eviction now' : 'in force')
}
