import type { KubeObject } from '@fairlead/kube'
import type { FieldPath } from '../diagnosis.ts'
import { at, textAt } from '../reading/fields.ts'
import { groupKindOf } from '../reading/group-kind.ts'

/** Where the Pod's spec lies in the manifest of a kind. */
const POD_SPEC: Readonly<Record<string, FieldPath>> = {
  '/Pod': ['spec'],
  '/ReplicationController': ['spec', 'template', 'spec'],
  'apps/Deployment': ['spec', 'template', 'spec'],
  'apps/ReplicaSet': ['spec', 'template', 'spec'],
  'apps/StatefulSet': ['spec', 'template', 'spec'],
  'apps/DaemonSet': ['spec', 'template', 'spec'],
  'batch/Job': ['spec', 'template', 'spec'],
}

/**
 * Finds a place of a Pod's spec in the manifest of its workload, where elements of lists are told by name, and answers it with their positions.
 * Stops at the last part that is there, so that a missing limit leads to its container; undefined when not even the first is, as with an injected container.
 */
export function fieldIn(manifest: KubeObject, field: FieldPath | undefined): FieldPath | undefined {
  const base = POD_SPEC[groupKindOf(manifest)]
  if (base === undefined || field === undefined) return undefined
  const found: (string | number)[] = [...base]
  for (const step of field) {
    const position = positionOf(at(manifest, ...found), step)
    if (position === undefined) break
    found.push(position)
  }
  const isElement = field.length === 1 || found.length > base.length + 1
  return found.length > base.length && isElement ? found : undefined
}

function positionOf(value: unknown, step: string | number): string | number | undefined {
  if (Array.isArray(value) && typeof step === 'string') {
    const index = value.findIndex((element) => textAt(element, 'name') === step)
    return index < 0 ? undefined : index
  }
  return at(value, step) === undefined ? undefined : step
}
