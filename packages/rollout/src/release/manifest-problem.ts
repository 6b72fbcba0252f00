import type { Problem } from '@fairlead/base'
import { describeObject, type KubeObject, type ManifestObject, type PathSegment } from '@fairlead/kube'

/** Writes one problem at a field of an object, which is called as it will be in the cluster. */
export function problemAt(manifest: ManifestObject, path: readonly PathSegment[], { namespace, ...said }: Said): Problem {
  const { message, hint } = said
  return { message: `${named(manifest.object, namespace)}: ${message}`, ...(hint === undefined ? {} : { hint }), position: manifest.positionOf(path) }
}

interface Said {
  readonly namespace: string
  readonly message: string
  readonly hint?: string
}

/** What an object is called once it is in its namespace. Only for objects of namespaced kinds. */
function named({ kind, metadata }: KubeObject, namespace: string): string {
  return describeObject({ kind, metadata: { ...metadata, namespace: metadata.namespace ?? namespace } })
}
