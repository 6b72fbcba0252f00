import { type AssessContext, type Assessment, counted, doomed, healthy, progressing } from '../judging/assessment.ts'

/** Judges a workload that wants no Pods: Healthy only where scale to zero was asked for, since nothing answers for it. */
export function withoutReplicas(left: number, { allowZero }: Pick<AssessContext, 'allowZero'>): Assessment {
  if (allowZero !== true) return doomed('no-replicas', 'has no Pods because replicas is 0')
  return left > 0 ? progressing(`${counted(left, 'Pod')} still to go until it has none`) : healthy('has no Pods, as asked for')
}
