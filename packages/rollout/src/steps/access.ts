import { SUITE } from '@fairlead/base'
import type { Check } from '@fairlead/health/checks'
import { groupOf, knownResource, type AccessRule } from '@fairlead/kube'

/** What reading and writing an app's journal takes, once it is there. */
export function journalAccess(app: string, more: readonly string[] = []): readonly AccessRule[] {
  return [{ group: '', resource: 'configmaps', verbs: ['get', 'patch', ...more], names: [`${SUITE.fieldManager}.${app}`] }]
}

/** What moving a Service and seeing the move takes. */
export const POINTER_ACCESS: readonly AccessRule[] = [
  { group: '', resource: 'services', verbs: ['get', 'patch'] },
  { group: '', resource: 'pods', verbs: ['list', 'watch'] },
  { group: 'discovery.k8s.io', resource: 'endpointslices', verbs: ['list', 'watch'] },
]

/** What the wait for health takes. */
export const HEALTH_ACCESS: readonly AccessRule[] = [
  { group: 'apps', resource: 'deployments', verbs: ['list', 'watch'] },
  { group: 'apps', resource: 'replicasets', verbs: ['list', 'watch'] },
  { group: '', resource: 'pods', verbs: ['list', 'watch'] },
]

/** What asking checks through the API server takes, by where they are asked and how. */
export function checkAccess(checks: readonly Check[], resource: 'pods' | 'services'): readonly AccessRule[] {
  const asked = checks.filter(({ on }) => (resource === 'pods' ? on === 'pods' : on === 'service'))
  if (asked.length === 0) return []
  const verbs = [...new Set(asked.map(({ method }) => (method === 'POST' ? 'create' : 'get')))]
  return [
    { group: '', resource: `${resource}/proxy`, verbs },
    { group: '', resource, verbs: ['get'] },
  ]
}

/** What changing a Deployment takes. */
export const DEPLOYMENT_ACCESS: readonly AccessRule[] = [{ group: 'apps', resource: 'deployments', verbs: ['get', 'patch'] }]

/** What touching an object of any kind takes. A kind that is not Kubernetes' own has a plural only its server knows: the server then says what is missing. */
export function objectAccess(kind: { readonly apiVersion: string; readonly kind: string }, verbs: readonly string[]): readonly AccessRule[] {
  const resource = knownResource(kind)
  return resource === undefined ? [] : [{ group: groupOf(kind.apiVersion), resource: resource.plural, verbs }]
}
