import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runBundle, type StepRecord } from '@fairlead/bundle'
import { parseAllDocuments, stringify } from 'yaml'
import { ACTIONS, adminKubeconfig, makePlace, type Place } from '../cluster.ts'

/** What a version of the sample application differs in: its image, its switches, whatever else of its Deployment. */
export interface Version {
  readonly image?: string
  readonly env?: Readonly<Record<string, string>>
  readonly replicas?: number
  readonly app?: string
  readonly change?: (deployment: Deployment) => void
}

export interface Deployment {
  kind: string
  metadata: { name: string; labels: Record<string, string> }
  spec: {
    replicas?: number
    selector: { matchLabels: Record<string, string> }
    template: { metadata: { labels: Record<string, string> }; spec: { containers: { image: string; env: object[]; readinessProbe: object }[] } }
  }
}

const SHOP = join(import.meta.dirname, '../../../examples/shop/manifest/shop.yaml')

/** The sample application's manifest in one of its versions: the file a user would copy, with that one change. */
export async function shopManifest({ image, env = {}, replicas, app = 'shop', change }: Version = {}): Promise<string> {
  const text = (await readFile(SHOP, 'utf8'))
    .replaceAll('name: shop\n', `name: ${app}\n`)
    .replaceAll('app: shop', `app: ${app}`)
    .replaceAll('shop-config', `${app}-config`)
  const objects = parseAllDocuments(text).map((document) => document.toJS() as { readonly kind: string })
  const deployment = objects.find(({ kind }) => kind === 'Deployment') as Deployment
  const [container] = deployment.spec.template.spec.containers
  if (container === undefined) throw new Error('expected a container')
  container.image = image ?? process.env['FAIRLEAD_SHOP_IMAGE'] ?? container.image
  container.env.push(...Object.entries(env).map(([name, value]) => ({ name, value })))
  if (replicas !== undefined) deployment.spec.replicas = replicas
  change?.(deployment)
  return objects.map((object) => stringify(object)).join('---\n')
}

/** Times that tests can afford; what a user has by default is longer. */
export const QUICK = { soak: '500ms', settle: '500ms', drain: '500ms', stability: '1s', timeout: '60s' } as const

/** Times for runs under load: nodes follow a move within seconds. */
export const LOADED = { soak: '1s', settle: '2s', drain: '2s' } as const

export interface Run {
  readonly inputs: Readonly<Record<string, string>>
  readonly manifest?: string
  readonly kubeconfig?: string
  readonly onLine?: (line: string) => void
}

/** Runs the committed bundle of deploy-bluegreen as the runner does. */
export function deploy(place: Pick<Place, 'namespace'>, { inputs, manifest, kubeconfig, onLine }: Run): Promise<StepRecord> {
  return runBundle({
    action: join(ACTIONS, 'deploy-bluegreen'),
    environment: kubeconfig === undefined ? { KUBECONFIG: adminKubeconfig() } : {},
    inputs: {
      app: 'shop',
      namespace: place.namespace,
      ...QUICK,
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(manifest === undefined ? {} : { manifests: 'shop.yaml' }),
      ...inputs,
    },
    ...(manifest === undefined ? {} : { workspace: { 'shop.yaml': manifest } }),
    ...(onLine === undefined ? {} : { onLine }),
  })
}

/** Runs the committed bundle of rollback. */
export function rollback(place: Pick<Place, 'namespace'>, inputs: Readonly<Record<string, string>> = {}): Promise<StepRecord> {
  return runBundle({
    action: join(ACTIONS, 'rollback'),
    environment: { KUBECONFIG: adminKubeconfig() },
    inputs: { app: 'shop', namespace: place.namespace, drain: '1s', ...inputs },
  })
}

/** How an app stands, as kubectl tells it. */
export interface Stand {
  readonly selector: Readonly<Record<string, string>>
  /** Replicas asked for, by Deployment. */
  readonly replicas: Readonly<Record<string, number>>
  readonly paused: readonly string[]
  /** Journal and copies of configuration. */
  readonly configMaps: readonly string[]
}

/** Reads how a place stands. */
export async function standOf({ kubectl }: Pick<Place, 'kubectl'>, service = 'shop'): Promise<Stand> {
  const read = async (...args: readonly string[]) => JSON.parse(await kubectl('get', ...args, '-o', 'json')) as { items: KubeItem[] }
  const [services, deployments, maps] = await Promise.all([read('services'), read('deployments'), read('configmaps')])
  return {
    selector: services.items.find(({ metadata }) => metadata.name === service)?.spec?.selector ?? {},
    replicas: Object.fromEntries(deployments.items.map(({ metadata, spec }) => [metadata.name, spec?.replicas ?? 0])),
    paused: deployments.items.filter(({ spec }) => spec?.paused === true).map(({ metadata }) => metadata.name),
    configMaps: maps.items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt'),
  }
}

interface KubeItem {
  readonly metadata: { readonly name: string; readonly uid: string; readonly labels?: Readonly<Record<string, string>> }
  readonly spec?: { readonly replicas?: number; readonly paused?: boolean; readonly selector?: Readonly<Record<string, string>> }
}

/** The UIDs of the Pods that carry a label, in order. */
export async function podUids({ kubectl }: Pick<Place, 'kubectl'>, selector: string): Promise<readonly string[]> {
  const { items } = JSON.parse(await kubectl('get', 'pods', '-l', selector, '-o', 'json')) as { items: KubeItem[] }
  return items.map(({ metadata }) => metadata.uid).toSorted()
}

/** Makes places for the tests of one file, and takes them all away again. */
export class Places {
  readonly #made: Place[] = []

  async make(purpose: string): Promise<Place> {
    const place = await makePlace(purpose)
    this.#made.push(place)
    return place
  }

  async remove(): Promise<void> {
    await Promise.all(this.#made.map((place) => place.remove()))
  }
}

/** What of a step's outputs tests compare. */
export function told({ exitCode, outputs }: StepRecord): Readonly<Record<string, unknown>> {
  const { conclusion, release, fault } = outputs
  return {
    exit: exitCode,
    conclusion,
    release,
    slot: outputs['active-slot'],
    previous: outputs['previous-release'],
    ...(fault === undefined || fault === '' ? {} : { fault }),
  }
}

/** The first cause a step has told. */
export function causeOf({ outputs }: StepRecord): string | undefined {
  const [first] = JSON.parse(outputs['diagnosis'] ?? '[]') as readonly { readonly cause?: string }[]
  return first?.cause
}
