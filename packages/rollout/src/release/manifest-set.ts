import { groupOf, valueAt, type KubeObject, type ManifestObject } from '@fairlead/kube'

/** Which of the manifests the user wants to have slots. */
export interface ManifestQuestion {
  /** Names of Deployments, in moving order. */
  readonly apps: readonly string[]
  /** The Service of each app; an app that is not in it has one of its own name. */
  readonly services: ReadonlyMap<string, string>
  /** Where what says nothing of a namespace goes. */
  readonly namespace: string
}

/** Manifests told apart by what a release does with them. Knows no right and wrong. */
export interface ManifestSet {
  readonly apps: readonly AppManifests[]
  /** All that is no app's, in the order of the files. */
  readonly others: readonly ManifestObject[]
}

/** What the manifests say about one app. */
export interface AppManifests {
  readonly app: string
  readonly deployment: ManifestObject | undefined
  readonly service: ManifestObject | undefined
  readonly autoscalers: readonly ManifestObject[]
}

/** Finds the Deployment, the Service and the HPAs of every app, and answers the rest beside them. */
export function tellApart(objects: readonly ManifestObject[], question: ManifestQuestion): ManifestSet {
  const apps = question.apps.map((app) => ofApp(objects, app, question))
  const taken = new Set(apps.flatMap(({ deployment, service, autoscalers }) => [deployment, service, ...autoscalers]))
  return { apps, others: objects.filter((manifest) => !taken.has(manifest)) }
}

/** Names a kind by API group and kind, without its version: `apps/Deployment`, `/Service`. */
export function groupKindOf({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): string {
  return `${groupOf(apiVersion)}/${kind}`
}

/** Tells whether an object goes to a namespace, by its own word or for want of one. */
export function isIn({ metadata }: KubeObject, namespace: string): boolean {
  return (metadata.namespace ?? namespace) === namespace
}

/** Tells whether an object scales or drives the Deployment of a name, by the field that HPAs (`scaleTargetRef`) or others (`targetRef`) use. */
export function pointsAt(object: KubeObject, field: string, deployment: string): boolean {
  const { kind = 'Deployment', name } = (valueAt(object, ['spec', field]) ?? {}) as { kind?: unknown; name?: unknown }
  return kind === 'Deployment' && name === deployment
}

function ofApp(objects: readonly ManifestObject[], app: string, { services, namespace }: ManifestQuestion): AppManifests {
  const here = (kind: string, fits: (object: KubeObject) => boolean) =>
    objects.filter(({ object }) => groupKindOf(object) === kind && isIn(object, namespace) && fits(object))
  return {
    app,
    deployment: here('apps/Deployment', ({ metadata }) => metadata.name === app)[0],
    service: here('/Service', ({ metadata }) => metadata.name === (services.get(app) ?? app))[0],
    autoscalers: here('autoscaling/HorizontalPodAutoscaler', (object) => pointsAt(object, 'scaleTargetRef', app)),
  }
}
