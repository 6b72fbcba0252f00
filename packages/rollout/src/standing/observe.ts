import { selectorText, type Cluster, type KubeObject, type ReadOptions, type Resource, type StringMap } from '@fairlead/kube'
import { baseSelector } from '@fairlead/traffic'
import { readJournal } from '../journal/index.ts'
import { readLease, type KeptLease } from '../lock/index.ts'
import { slotName } from '../release/index.ts'
import { BUDGETS } from './budgets.ts'
import { readWorkload } from './read-workload.ts'
import { activeOf, isToBeAdopted, podLabels } from './roles.ts'
import { selectorIn } from './selector-in.ts'
import type { AppPlace, Standing, Workload } from './standing.ts'
import { losesLabels, readDrivers, readPolicies, UNASKED } from './surroundings.ts'

export const DEPLOYMENTS: Resource = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }
export const SERVICES: Resource = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }
export const PODS: Resource = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }
export const SLICES: Resource = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', plural: 'endpointslices', namespaced: true }
export const AUTOSCALERS: Resource = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', namespaced: true }

/**
 * Reads how apps stand: eight requests for one app, four more for each further one; two more where an app was never released.
 * Throws what keeps it from reading; what is not there is undefined.
 */
export async function observeApps(
  cluster: Cluster,
  namespace: string,
  { apps, now, signal }: ReadOptions & { readonly apps: readonly AppPlace[]; readonly now: Date },
): Promise<readonly Standing[]> {
  const options = { signal }
  // First of all: a plan counts only while nobody has held the lock since this.
  const leases = await Promise.all(apps.map(({ app }) => readLease(cluster, { namespace, app }, options)))
  const [services, deployments, autoscalers, budgets] = await Promise.all([
    // Who owns a selector stands in its managedFields.
    cluster.list({ resource: SERVICES, namespace, managedFields: true }, options),
    cluster.list({ resource: DEPLOYMENTS, namespace }, options),
    cluster.list({ resource: AUTOSCALERS, namespace }, options),
    cluster.list({ resource: BUDGETS, namespace }, options),
  ])
  const shared = { services: services.items, deployments: deployments.items, autoscalers: autoscalers.items, budgets: budgets.items }
  const standings = await Promise.all(
    apps.map((place, index) => observeApp(cluster, namespace, { place, now, options, ...shared, lease: leases[index] ?? { lease: undefined } })),
  )
  const isUnknown = standings.some(({ kept: { journal } }) => journal.active === undefined && journal.rollout === undefined)
  const gainsLabels = standings.some((standing, index) => changesLabels(standing, apps[index]?.labels))
  const [drivers, policies] = await Promise.all([
    isUnknown ? readDrivers(cluster, namespace, options) : UNASKED,
    gainsLabels ? readPolicies(cluster, namespace, options) : UNASKED,
  ])
  return standings.map((standing) => ({ ...standing, drivers, policies }))
}

interface Reading {
  readonly place: AppPlace
  readonly lease: KeptLease
  readonly now: Date
  readonly options: ReadOptions
  readonly services: readonly KubeObject[]
  readonly deployments: readonly KubeObject[]
  readonly autoscalers: readonly KubeObject[]
  readonly budgets: readonly KubeObject[]
}

async function observeApp(
  cluster: Cluster,
  namespace: string,
  { place: { app, service: serviceName }, lease, now, options, services, deployments, autoscalers, budgets }: Reading,
): Promise<Standing> {
  const service = services.find(({ metadata }) => metadata.name === serviceName)
  const [kept, slices] = await Promise.all([
    readJournal(cluster, { namespace, app }, options),
    cluster.list({ resource: SLICES, namespace, labelSelector: `kubernetes.io/service-name=${serviceName}` }, options),
  ])
  const pods = await podsBehind(cluster, namespace, { service, options })
  const names = [app, slotName(app, 'blue'), slotName(app, 'green')]
  const workload = (name: string): Workload | undefined => {
    const object = deployments.find(({ metadata }) => metadata.name === name)
    return object === undefined ? undefined : readWorkload(object)
  }
  return {
    app,
    namespace,
    serviceName,
    service,
    neighbours: services.filter((each) => each !== service),
    slices: slices.items,
    pods,
    slots: { blue: workload(slotName(app, 'blue')), green: workload(slotName(app, 'green')) },
    plain: workload(app),
    autoscaler: autoscalers.find((each) => names.includes(scaledName(each) ?? '')),
    others: deployments.filter(({ metadata }) => !names.includes(metadata.name)),
    budgets,
    policies: UNASKED,
    drivers: UNASKED,
    kept,
    lease,
    seenAt: now.getTime(),
  }
}

/** Selectors of other people's objects may go by labels that the next Pods lack; an adoption adds some. */
function changesLabels(standing: Standing, labels: StringMap | undefined): boolean {
  const serving = activeOf(standing)?.workload
  return isToBeAdopted(standing) || (labels !== undefined && serving !== undefined && losesLabels(podLabels(serving), labels))
}

async function podsBehind(
  cluster: Cluster,
  namespace: string,
  { service, options }: { readonly service: KubeObject | undefined; readonly options: ReadOptions },
): Promise<readonly KubeObject[]> {
  const labelSelector = selectorText({ matchLabels: baseSelector(selectorIn(service)) })
  if (labelSelector === '') return []
  return (await cluster.list({ resource: PODS, namespace, labelSelector }, options)).items
}

/** The name of the Deployment an autoscaler scales. */
export function scaledName(autoscaler: KubeObject): string | undefined {
  const { scaleTargetRef: target } = (autoscaler.spec ?? {}) as { readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string } }
  return target?.kind === 'Deployment' ? target.name : undefined
}
