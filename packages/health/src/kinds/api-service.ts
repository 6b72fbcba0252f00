import type { KubeObject } from '@fairlead/kube'
import type { Assessment } from '../judging/assessment.ts'
import { conditionsOf } from '../reading/condition.ts'
import { requireConditions } from './conditions.ts'

/** Judges an APIService: the API server reaches what serves it. */
export function assessAPIService(object: KubeObject): Assessment {
  return requireConditions(object, conditionsOf(object), ['Available'])
}
