import type { KubeObject } from '@fairlead/kube'
import { type Assessment, healthy, progressing } from '../judging/assessment.ts'
import { textAt } from '../reading/fields.ts'

/** Judges a Namespace: it is active. What is in it is not looked at. */
export function assessNamespace(object: KubeObject): Assessment {
  const phase = textAt(object, 'status', 'phase')
  return phase === 'Active' ? healthy('active') : progressing(`its phase is ${phase ?? 'not known yet'}`)
}
