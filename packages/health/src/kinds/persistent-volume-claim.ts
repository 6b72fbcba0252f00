import type { KubeObject } from '@fairlead/kube'
import { type AssessContext, type Assessment, doomed, healthy, progressing } from '../judging/assessment.ts'
import { oneLine } from '../reading/condition.ts'
import { textAt } from '../reading/fields.ts'

/** Judges a PersistentVolumeClaim. One that waits for its first consumer, as its storage class asks, is as healthy as it can be alone. */
export function assessPersistentVolumeClaim(object: KubeObject, { around }: AssessContext): Assessment {
  const phase = textAt(object, 'status', 'phase')
  const volume = textAt(object, 'spec', 'volumeName')
  if (phase === 'Bound') return healthy(`bound to ${volume ?? 'a volume'}`)
  return phase === 'Lost' ? doomed('failed', `has lost its volume ${volume ?? ''}`.trimEnd()) : assessPending(object, around)
}

function assessPending(object: KubeObject, around: AssessContext['around']): Assessment {
  const latest = around.eventsOf(object.metadata.uid).toSorted((a, b) => b.last - a.last)[0]
  if (latest === undefined) return progressing('is not bound yet')
  if (latest.reason === 'WaitForFirstConsumer') return healthy('waits for the first Pod that uses it, as its storage class asks (WaitForFirstConsumer)')
  return progressing(`is not bound yet: ${oneLine(latest.message)}`)
}
