import { isFault } from '@fairlead/base'
import { selects, type Cluster, type KubeObject, type ReadOptions, type Resource, type StringMap } from '@fairlead/kube'
import { LABELS } from '@fairlead/traffic'
import type { Release } from '../release/index.ts'
import type { AppPlace, Sighting } from './standing.ts'

const POLICIES: Resource = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', plural: 'networkpolicies', namespaced: true }

/** Kinds of others that drive Deployments and Services by themselves, as people write them. */
const DRIVERS = ['rollouts.argoproj.io', 'canaries.flagger.app']

/** Apps with the labels their next Pods will carry, where a release says so before the cluster is asked. */
export function placesFor(places: readonly AppPlace[], release: Pick<Release, 'apps'> | undefined): readonly AppPlace[] {
  return places.map((place) => {
    const labels = release?.apps.find(({ app }) => app === place.app)?.template.metadata?.labels
    return labels === undefined ? place : { ...place, labels }
  })
}

/** Nothing was looked for. */
export const UNASKED: Sighting = { items: [] }

/** Reads what would move traffic beside us: Argo Rollouts and Flagger Canaries. A cluster that does not serve them is asked once. */
export async function readDrivers(cluster: Cluster, namespace: string, options: ReadOptions): Promise<Sighting> {
  const sightings = await Promise.all(
    DRIVERS.map((name) => sight(`${name} of namespace "${namespace}"`, async () => await listNamed(cluster, namespace, { name, options }))),
  )
  const unseen = sightings.flatMap((each) => each.unseen ?? [])
  return { items: sightings.flatMap(({ items }) => items), ...(unseen.length === 0 ? {} : { unseen: unseen.join('; ') }) }
}

/** Reads the NetworkPolicies of a namespace. */
export async function readPolicies(cluster: Cluster, namespace: string, options: ReadOptions): Promise<Sighting> {
  return await sight(`networkpolicies of namespace "${namespace}"`, async () => (await cluster.list({ resource: POLICIES, namespace }, options)).items)
}

/** Tells whether Pods lose a label, or change one, that a selector of somebody else's may go by. Our own are none of theirs. */
export function losesLabels(before: StringMap, after: StringMap): boolean {
  const theirs = Object.entries(before).filter(([key]) => key !== LABELS.app && key !== LABELS.slot && key !== LABELS.hash)
  return !selects({ matchLabels: Object.fromEntries(theirs) }, after)
}

async function listNamed(
  cluster: Cluster,
  namespace: string,
  { name, options }: { readonly name: string; readonly options: ReadOptions },
): Promise<readonly KubeObject[]> {
  const resource = await cluster.resourceNamed(name, options)
  return (await cluster.list({ resource, namespace }, options)).items
}

/** What is not served is not there; what may not be read is said, and keeps nothing from going on. */
async function sight(what: string, read: () => Promise<readonly KubeObject[]>): Promise<Sighting> {
  try {
    return { items: await read() }
  } catch (error) {
    if (isFault(error, 'UNSUPPORTED')) return UNASKED
    if (isFault(error, 'ACCESS_DENIED')) return { items: [], unseen: `this account may not list ${what}` }
    throw error
  }
}
