import type { KubeObject } from '@fairlead/kube'
import { type Assessment, degraded, healthy, progressing, suspended } from '../judging/assessment.ts'
import { oneLine } from '../reading/condition.ts'
import { textAt } from '../reading/fields.ts'

/** Judges a PersistentVolume by its phase: bound, or free to be. Whether a node can mount it shows only in a Pod. */
export function assessPersistentVolume(object: KubeObject): Assessment {
  const phase = textAt(object, 'status', 'phase')
  if (phase === 'Available') return healthy('is available')
  if (phase === 'Bound') return healthy('is bound')
  if (phase === 'Released') return assessReleased(object)
  if (phase === 'Failed') return degraded(`could not be reclaimed: ${oneLine(textAt(object, 'status', 'message') ?? 'no reason given')}`)
  return progressing(`its phase is ${phase ?? 'not known yet'}`)
}

function assessReleased(object: KubeObject): Assessment {
  if (textAt(object, 'spec', 'persistentVolumeReclaimPolicy') === 'Delete') return progressing('is released, and will be deleted')
  return suspended('is released: its claim is gone, and it stays so until somebody frees it')
}
