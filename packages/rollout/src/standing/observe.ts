import { selectorText, type Cluster, type KubeObject, type ReadOptions, type Resource } from '@fairlead/kube'
import { baseSelector } from '@fairlead/traffic'
import { readJournal } from '../journal/index.ts'
import { slotName } from '../release/index.ts'
import { readWorkload } from './read-workload.ts'
import type { Standing, Workload } from './standing.ts'

/** An app, and the Service that leads to it. */
export interface AppPlace {
  readonly app: string
  readonly service: string
}

export const DEPLOYMENTS: Resource = { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true }
export const SERVICES: Resource = { apiVersion: 'v1', kind: 'Service', plural: 'services', namespaced: true }
export const PODS: Resource = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true }
export const SLICES: Resource = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', plural: 'endpointslices', namespaced: true }
export const AUTOSCALERS: Resource = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', plural: 'horizontalpodautoscalers', namespaced: true }

/**
 * Reads how apps stand: six requests for one app, four more for each further one.
 * Throws what keeps it from reading; what is not there is undefined.
 */
export async function observeApps(
  cluster: Cluster,
  namespace: string,
  { apps, now, signal }: ReadOptions & { readonly apps: readonly AppPlace[]; readonly now: Date },
): Promise<readonly Standing[]> {
  const options = { signal }
  const [services, deployments, autoscalers] = await Promise.all([
    // Who owns a selector stands in its managedFields.
    cluster.list({ resource: SERVICES, namespace, managedFields: true }, options),
    cluster.list({ resource: DEPLOYMENTS, namespace }, options),
    cluster.list({ resource: AUTOSCALERS, namespace }, options),
  ])
  const shared = { services: services.items, deployments: deployments.items, autoscalers: autoscalers.items }
  return await Promise.all(apps.map((place) => observeApp(cluster, namespace, { place, now, options, ...shared })))
}

interface Reading {
  readonly place: AppPlace
  readonly now: Date
  readonly options: ReadOptions
  readonly services: readonly KubeObject[]
  readonly deployments: readonly KubeObject[]
  readonly autoscalers: readonly KubeObject[]
}

async function observeApp(
  cluster: Cluster,
  namespace: string,
  { place: { app, service: serviceName }, now, options, services, deployments, autoscalers }: Reading,
): Promise<Standing> {
  const service = services.find(({ metadata }) => metadata.name === serviceName)
  const [kept, slices] = await Promise.all([
    readJournal(cluster, { namespace, app }, options),
    cluster.list({ resource: SLICES, namespace, labelSelector: `kubernetes.io/service-name=${serviceName}` }, options),
  ])
  const pods = await podsBehind(cluster, namespace, { service, options })
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
    autoscaler: autoscalers.find((each) => [app, slotName(app, 'blue'), slotName(app, 'green')].includes(scaledName(each) ?? '')),
    kept,
    seenAt: now.getTime(),
  }
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

/** The selector of a Service; empty where it has none. */
export function selectorIn(service: KubeObject | undefined): Readonly<Record<string, string>> {
  return (service?.spec as { readonly selector?: Readonly<Record<string, string>> } | undefined)?.selector ?? {}
}

/** The name of the Deployment an autoscaler scales. */
export function scaledName(autoscaler: KubeObject): string | undefined {
  const { scaleTargetRef: target } = (autoscaler.spec ?? {}) as { readonly scaleTargetRef?: { readonly kind?: string; readonly name?: string } }
  return target?.kind === 'Deployment' ? target.name : undefined
}
