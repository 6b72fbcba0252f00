import type { KubeObject } from '@fairlead/kube'
import { type Assessment, doomed, healthy, progressing } from '../judging/assessment.ts'
import { conditionOf, oneLine } from '../reading/condition.ts'

/** Judges a CustomResourceDefinition: its names are its own and the API server serves it. */
export function assessCustomResourceDefinition(object: KubeObject): Assessment {
  const names = conditionOf(object, 'NamesAccepted')
  if (names?.status === 'False') return doomed('failed', `its names are taken: ${oneLine(names.message ?? names.reason ?? 'no reason given')}`)
  const established = conditionOf(object, 'Established')
  if (names?.status === 'True' && established?.status === 'True') return healthy('established')
  return progressing('is not established yet')
}
