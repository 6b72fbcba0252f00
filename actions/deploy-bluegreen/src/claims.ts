import type { Cluster, Resource } from '@fairlead/kube'
import { claimsAmong, type Release } from '@fairlead/rollout'

const CLAIMS: Resource = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', namespaced: true }

/** Reads the access modes of the claims that Pods of a release mount; asks the cluster nothing when none does. */
export async function readClaims(
  cluster: Cluster,
  namespace: string,
  { release, signal }: { readonly release: Release; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const brought = claimsAmong(release.companions.map(({ object }) => object))
  const mounted = release.apps.some(({ template }) => (template.spec.volumes ?? []).some((volume) => volume['persistentVolumeClaim'] !== undefined))
  if (!mounted) return brought
  const { items } = await cluster.list({ resource: CLAIMS, namespace }, { signal })
  return new Map([...claimsAmong(items), ...brought])
}
