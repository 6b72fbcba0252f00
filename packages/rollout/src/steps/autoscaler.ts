import { SUITE } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'
import { POINTER_MANAGER } from '@fairlead/traffic'
import type { Effects } from '../execute/effects.ts'

const MANAGER = SUITE.fieldManager

/** An HPA without what it scales, as it is applied. */
export function withoutTarget(object: KubeObject): KubeObject {
  const { scaleTargetRef: _target, ...spec } = (object.spec ?? {}) as Readonly<Record<string, unknown>>
  return { ...object, spec }
}

interface AutoscalerOptions {
  /** The Deployment a new one begins with. */
  readonly target: string
  readonly isNew: boolean
  readonly force: boolean
}

/**
 * Applies an HPA without what it scales: that is a pointer, which moves with the release and is written by another manager.
 * A new one cannot be without: the pointer's manager makes it with the least the API asks for, then gives up all but the target.
 */
export async function applyAutoscaler(object: KubeObject, { target, isNew, force }: AutoscalerOptions, { cluster }: Pick<Effects, 'cluster'>): Promise<void> {
  const { scaleTargetRef, ...rest } = (object.spec ?? {}) as Readonly<Record<string, unknown>>
  const { apiVersion, kind, metadata } = object
  const { name, namespace } = metadata
  const bare = { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } }
  const pointer = { scaleTargetRef: { ...(scaleTargetRef as object), name: target } }
  if (isNew) await cluster.apply({ ...bare, spec: { ...pointer, maxReplicas: rest['maxReplicas'] } }, { manager: POINTER_MANAGER })
  await cluster.apply({ ...object, spec: rest }, { manager: MANAGER, force })
  if (isNew) await cluster.apply({ ...bare, spec: pointer }, { manager: POINTER_MANAGER })
}
