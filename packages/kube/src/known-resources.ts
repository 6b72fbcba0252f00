import type { Resource } from './resource.ts'

/** A kind of Kubernetes' own, with the short names kubectl knows it by. */
interface KnownResource extends Resource {
  readonly short: readonly string[]
}

const NAMESPACED = true
const CLUSTER_SCOPED = false

const KNOWN: readonly KnownResource[] = [
  ...group('v1', NAMESPACED, {
    ConfigMap: 'configmaps cm',
    Endpoints: 'endpoints ep',
    Event: 'events ev',
    LimitRange: 'limitranges limits',
    PersistentVolumeClaim: 'persistentvolumeclaims pvc',
    Pod: 'pods po',
    PodTemplate: 'podtemplates',
    ReplicationController: 'replicationcontrollers rc',
    ResourceQuota: 'resourcequotas quota',
    Secret: 'secrets',
    Service: 'services svc',
    ServiceAccount: 'serviceaccounts sa',
  }),
  ...group('v1', CLUSTER_SCOPED, { Namespace: 'namespaces ns', Node: 'nodes no', PersistentVolume: 'persistentvolumes pv' }),
  ...group('apps/v1', NAMESPACED, {
    ControllerRevision: 'controllerrevisions',
    DaemonSet: 'daemonsets ds',
    Deployment: 'deployments deploy',
    ReplicaSet: 'replicasets rs',
    StatefulSet: 'statefulsets sts',
  }),
  ...group('autoscaling/v2', NAMESPACED, { HorizontalPodAutoscaler: 'horizontalpodautoscalers hpa' }),
  ...group('autoscaling/v1', NAMESPACED, { HorizontalPodAutoscaler: 'horizontalpodautoscalers hpa' }),
  ...group('batch/v1', NAMESPACED, { CronJob: 'cronjobs cj', Job: 'jobs' }),
  ...group('coordination.k8s.io/v1', NAMESPACED, { Lease: 'leases' }),
  ...group('discovery.k8s.io/v1', NAMESPACED, { EndpointSlice: 'endpointslices' }),
  ...group('events.k8s.io/v1', NAMESPACED, { Event: 'events ev' }),
  ...group('networking.k8s.io/v1', NAMESPACED, { Ingress: 'ingresses ing', NetworkPolicy: 'networkpolicies netpol' }),
  ...group('networking.k8s.io/v1', CLUSTER_SCOPED, { IngressClass: 'ingressclasses' }),
  ...group('policy/v1', NAMESPACED, { PodDisruptionBudget: 'poddisruptionbudgets pdb' }),
  ...group('rbac.authorization.k8s.io/v1', NAMESPACED, { Role: 'roles', RoleBinding: 'rolebindings' }),
  ...group('rbac.authorization.k8s.io/v1', CLUSTER_SCOPED, { ClusterRole: 'clusterroles', ClusterRoleBinding: 'clusterrolebindings' }),
  ...group('scheduling.k8s.io/v1', CLUSTER_SCOPED, { PriorityClass: 'priorityclasses pc' }),
  ...group('storage.k8s.io/v1', CLUSTER_SCOPED, { StorageClass: 'storageclasses sc' }),
  ...group('admissionregistration.k8s.io/v1', CLUSTER_SCOPED, {
    MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
    ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
  }),
  ...group('apiextensions.k8s.io/v1', CLUSTER_SCOPED, { CustomResourceDefinition: 'customresourcedefinitions crd crds' }),
]

const BY_KIND = new Map(KNOWN.map((known) => [`${known.apiVersion} ${known.kind}`, bare(known)]))
const BY_NAME = indexNames()

/** Finds a kind of Kubernetes' own by apiVersion and kind. Versions it does not list may be served all the same: discovery knows. */
export function knownResource(kind: { readonly apiVersion: string; readonly kind: string }): Resource | undefined {
  return BY_KIND.get(`${kind.apiVersion} ${kind.kind}`)
}

/**
 * Finds a kind of Kubernetes' own by what people write, in any case: `deploy`, `deployments`, `Deployment`, `deployments.apps`, `deployments.v1.apps`.
 * Where a name is served by two groups the first of the table wins, as with kubectl.
 */
export function knownResourceNamed(name: string): Resource | undefined {
  return BY_NAME.get(name.trim().toLowerCase())
}

/** The group of an apiVersion: `apps` of `apps/v1`, empty for `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

function group(apiVersion: string, namespaced: boolean, kinds: Readonly<Record<string, string>>): KnownResource[] {
  return Object.entries(kinds).map(([kind, names]) => {
    const [plural = '', ...short] = names.split(' ')
    return { apiVersion, kind, plural, namespaced, short }
  })
}

function bare({ apiVersion, kind, plural, namespaced }: KnownResource): Resource {
  return { apiVersion, kind, plural, namespaced }
}

function indexNames(): Map<string, Resource> {
  const names = new Map<string, Resource>()
  for (const known of KNOWN) {
    for (const name of namesOf(known)) if (!names.has(name)) names.set(name, bare(known))
  }
  return names
}

function namesOf({ apiVersion, kind, plural, short }: KnownResource): string[] {
  const names = [kind.toLowerCase(), plural, ...short]
  const [groupName, version] = [groupOf(apiVersion), apiVersion.split('/').at(-1)]
  return groupName === '' ? names : [...names, ...names.flatMap((name) => [`${name}.${groupName}`, `${name}.${version}.${groupName}`])]
}
