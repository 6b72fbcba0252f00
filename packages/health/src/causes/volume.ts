import { oneLine } from '../reading/condition.ts'
import { type Finding, type ObservedPod, UNTIL_DEADLINE } from '../judging/finding.ts'
import { missingObject } from './missing-config.ts'

/** Finds a volume that cannot be attached or mounted, other than for a missing ConfigMap or Secret. Storage can take its time: only the deadline decides. */
export function findVolume({ containers, events }: ObservedPod): Finding | undefined {
  if (containers.some(({ running, exit, lastExit }) => running || exit !== undefined || lastExit !== undefined)) return undefined
  const failures = events.filter(({ reason, message }) => (reason === 'FailedMount' || reason === 'FailedAttachVolume') && missingObject(message) === undefined)
  const newest = failures.toSorted((a, b) => b.last - a.last)[0]
  if (newest === undefined) return undefined
  const volume = /for volume "([^"]+)"|unmounted volumes=\[([^\]\s]+)/.exec(newest.message)
  const name = volume?.[1] ?? volume?.[2]
  return {
    cause: 'volume',
    says: `its volumes are not ready: ${oneLine(newest.message)}`,
    patience: UNTIL_DEADLINE,
    events: failures,
    ...(name === undefined ? {} : { field: ['volumes', name] }),
    hint: 'See to the storage behind the volume.',
  }
}
