import { describeObject, selects, valueAt, type KubeObject, type ManifestObject } from '@fairlead/kube'
import { inOrder } from './companion-order.ts'
import { configReferences } from './config-places.ts'
import { templateLabels } from './deployment-problems.ts'
import { listAt, textsAt } from './fields.ts'
import { groupKindOf, isIn, pointsAt, type AppManifests, type ManifestSet } from './manifest-set.ts'

/** The companions of a release, in the order they are applied: without the objects that were copied, unless another companion refers to them by name. */
export function companionsOf({ others }: ManifestSet, copied: readonly ManifestObject[]): readonly ManifestObject[] {
  const gone = new Set(copied)
  const staying = others.filter(({ object }) => !isConfig(object))
  return inOrder(others.filter((manifest) => !gone.has(manifest) || staying.some(({ object }) => refersTo(object, manifest.object))))
}

/** Says what companions will do that their author may not expect, now that there are two slots. */
export function companionNotes({ apps, others }: ManifestSet, namespace: string): readonly string[] {
  const here = others.map(({ object }) => object).filter((object) => isIn(object, namespace))
  return here.flatMap((object) => apps.flatMap((app) => [...bothSlots(object, app), ...lostTarget(object, app)]))
}

function bothSlots(object: KubeObject, { app, deployment }: AppManifests): readonly string[] {
  const selector = textsAt(object, 'spec', 'selector')
  if (groupKindOf(object) !== '/Service' || deployment === undefined || Object.keys(selector).length === 0) return []
  if (!selects({ matchLabels: selector }, templateLabels(deployment.object))) return []
  return [`${describeObject(object)} selects the Pods of both slots of "${app}", those not verified yet among them: only the Service of the app is moved`]
}

/** A VerticalPodAutoscaler or KEDA's ScaledObject: HPAs are copied for each slot, others are not ours to copy. */
function lostTarget(object: KubeObject, { app }: AppManifests): readonly string[] {
  const field = ['scaleTargetRef', 'targetRef'].find((each) => pointsAt(object, each, app))
  if (field === undefined) return []
  return [
    `${describeObject(object)} points at Deployment "${app}" in spec.${field}: it does not follow the app into its slots "${app}-blue" and "${app}-green"`,
  ]
}

function isConfig({ apiVersion, kind }: KubeObject): boolean {
  return apiVersion === 'v1' && (kind === 'ConfigMap' || kind === 'Secret')
}

/** For what runs Pods, by the places that name configuration; for the rest, which may name it anywhere, by any text that is the name. */
function refersTo(companion: KubeObject, { kind, metadata: { name } }: KubeObject): boolean {
  const template = podTemplateIn(companion)
  if (template !== undefined) return configReferences(template).some((reference) => reference.kind === kind && reference.name === name)
  return Object.entries(companion).some(([key, value]) => key !== 'metadata' && key !== 'kind' && key !== 'apiVersion' && mentions(value, name))
}

function podTemplateIn(object: KubeObject): unknown {
  const candidates = [object, valueAt(object, ['spec', 'template']), valueAt(object, ['spec', 'jobTemplate', 'spec', 'template'])]
  return candidates.find((candidate) => listAt(candidate, 'spec', 'containers').length > 0)
}

function mentions(value: unknown, name: string): boolean {
  if (typeof value === 'string') return value === name
  return typeof value === 'object' && value !== null && Object.values(value).some((inner) => mentions(inner, name))
}
