import { describeObject } from '@fairlead/kube'
import { backendLabels, LABELS } from '@fairlead/traffic'
import type { Placed } from '../journal/index.ts'
import { pointedAt, type Standing } from '../standing/index.ts'

/** A Service that leads to every Pod of an app of which we know what serves. */
export interface OpenPointer {
  readonly active: Placed
  /** What is the matter, in words. */
  readonly said: string
  /** What a person would type to lead it to what serves again. */
  readonly command: string
}

/** Finds it; undefined where the pointer leads somewhere, or nothing of ours serves. */
export function openPointer(standing: Standing): OpenPointer | undefined {
  const { app, namespace, service, serviceName, kept } = standing
  const { active } = kept.journal
  if (service === undefined || active === undefined || pointedAt(standing) !== undefined) return undefined
  const labels = active.backend.type === 'slot' ? { [LABELS.app]: app, ...backendLabels(active.backend) } : backendLabels(active.backend)
  const patch = JSON.stringify({ spec: { selector: labels } })
  return {
    active,
    said: `${describeObject(service)}: leads to every Pod of ${app}, since somebody has taken the slot out of its selector, or another Service is meant`,
    command: `kubectl -n ${namespace} patch service ${serviceName} --type=merge -p '${patch}'`,
  }
}
