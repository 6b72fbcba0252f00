import type { KubeObject } from '@fairlead/kube'
import { type Assessment, counted, doomed, healthy, progressing, suspended } from '../judging/assessment.ts'
import { conditionOf, oneLine } from '../reading/condition.ts'
import { at, countAt, numberAt } from '../reading/fields.ts'

/** Judges a Job. Its own retries are its business: only its conditions end the wait. */
export function assessJob(object: KubeObject): Assessment {
  if (isTrue(object, 'Complete')) return healthy(`completed, ${countAt(object, 'status', 'succeeded')} succeeded`)
  const failed = conditionOf(object, 'Failed')
  if (failed?.status === 'True') return doomed('failed', `failed: ${oneLine(failed.message ?? failed.reason ?? 'without a reason')}`)
  if (at(object, 'spec', 'suspend') === true) return suspended('is suspended: it creates no Pods')
  const wanted = numberAt(object, 'spec', 'completions') ?? numberAt(object, 'spec', 'parallelism') ?? 1
  const failures = countAt(object, 'status', 'failed')
  return progressing(
    `${countAt(object, 'status', 'succeeded')} of ${counted(wanted, 'completion')}${failures === 0 ? '' : `, ${counted(failures, 'failure')}`}`,
  )
}

/** Judges a CronJob: that it is in place. What its Jobs come to is not looked at. */
export function assessCronJob(object: KubeObject): Assessment {
  return at(object, 'spec', 'suspend') === true ? suspended('is suspended: it starts no Jobs') : healthy('is scheduled; its Jobs are not looked at')
}

function isTrue(object: KubeObject, type: string): boolean {
  return conditionOf(object, type)?.status === 'True'
}
