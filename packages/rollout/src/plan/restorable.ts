import type { KubeObject } from '@fairlead/kube'

/** What of a live slot Deployment has to be applied to make it the same again; its replicas are not part of it. */
export function restorable({ apiVersion, kind, metadata, spec }: KubeObject): KubeObject {
  const { name, namespace, labels, annotations = {} } = metadata
  const { replicas: _replicas, paused: _paused, ...rest } = (spec ?? {}) as Readonly<Record<string, unknown>>
  const kept = Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith('deployment.kubernetes.io/')))
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...(labels === undefined ? {} : { labels }), annotations: kept },
    spec: rest,
  }
}
