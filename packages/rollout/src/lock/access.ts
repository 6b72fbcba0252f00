import type { AccessRule } from '@fairlead/kube'
import { leaseReference } from './lease.ts'

/**
 * What taking, renewing and releasing an app's lock takes. The PUT that finds no Lease and creates one is asked for both verbs, `update` and `create`, and carries the name,
 * so that one name suffices for all of them.
 */
export function lockAccess(app: string): readonly AccessRule[] {
  return [{ group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'update'], names: [leaseReference('', app).name] }]
}

/** What fencing an app off from a run that was overtaken takes. */
export const FENCE_ACCESS: readonly AccessRule[] = [
  { group: '', resource: 'services', verbs: ['get', 'patch'] },
  { group: 'apps', resource: 'deployments', verbs: ['get', 'patch'] },
]
