import type { Problem } from '@fairlead/base'
import { describeObject, groupOf, selects, valueAt, type KubeObject, type LabelSelector } from '@fairlead/kube'
import { podLabels, selectorIn, type Standing } from '../standing/index.ts'

/** The hash by which Argo Rollouts tells Pods apart. */
const ROLLOUT_HASH = 'rollouts-pod-template-hash'
/** On a Service that an Argo Rollout moves. */
const ROLLOUT_NAME = 'argo-rollouts.argoproj.io/managed-by-rollouts'

/** An Argo Rollout or a Flagger Canary that moves traffic of the app by itself: the first found, by what it leaves on objects or by what was read of its kind. */
export function driverProblems(standing: Standing): readonly Problem[] {
  const { app, namespace } = standing
  const driver = rolloutMark(standing) ?? canaryMark(standing) ?? standing.drivers.items.filter((object) => drives(object, standing)).map(nameOf)[0]
  if (driver === undefined) return []
  return [
    {
      message: `Deployment "${namespace}/${app}": is driven by ${driver}, which moves its traffic by itself, expected nobody else to, got both`,
      hint: `Release through ${driver} and use health-check here, or remove it first.`,
    },
  ]
}

/** What could not be looked for. */
export function driverNotes({ drivers: { unseen } }: Standing): readonly string[] {
  return unseen === undefined ? [] : [`${unseen}, so nobody knows whether an Argo Rollout or a Flagger Canary moves the same traffic`]
}

function rolloutMark({ service, pods }: Standing): string | undefined {
  const pod = pods.find(({ metadata }) => metadata.labels?.[ROLLOUT_HASH] !== undefined)
  const marked = selectorIn(service)[ROLLOUT_HASH] ?? service?.metadata.annotations?.[ROLLOUT_NAME] ?? pod
  if (marked === undefined) return undefined
  const name = service?.metadata.annotations?.[ROLLOUT_NAME] ?? ownerOf(pod)
  return name === undefined ? 'an Argo Rollout' : `Argo Rollout ${name}`
}

/** The ReplicaSets of a Rollout carry its name and their hash. */
function ownerOf(pod: KubeObject | undefined): string | undefined {
  const owner = pod?.metadata.ownerReferences?.find(({ kind }) => kind === 'ReplicaSet')?.name
  return owner?.replace(new RegExp(`-${pod?.metadata.labels?.[ROLLOUT_HASH] ?? ''}$`), '')
}

/** Flagger owns what it makes for a Deployment: its `-primary`, its Services, and an app's own Service once it has taken it. */
function canaryMark({ app, service, others, plain, slots }: Standing): string | undefined {
  const primary = others.find(({ metadata }) => metadata.name === `${app}-primary`)
  const objects = [service, primary, plain?.object, slots.blue?.object, slots.green?.object]
  const owner = objects
    .flatMap((object) => object?.metadata.ownerReferences ?? [])
    .find(({ kind, apiVersion }) => kind === 'Canary' && groupOf(apiVersion) === 'flagger.app')
  return owner === undefined ? undefined : `Flagger Canary ${owner.name}`
}

function drives(object: KubeObject, { app, slots, plain }: Standing): boolean {
  const field = object.kind === 'Canary' ? 'targetRef' : 'workloadRef'
  const { kind = 'Deployment', name } = (valueAt(object, ['spec', field]) ?? {}) as { readonly kind?: string; readonly name?: string }
  if (name !== undefined) return kind === 'Deployment' && [app, slots.blue?.name, slots.green?.name].includes(name)
  return object.kind !== 'Canary' && (object.metadata.name === app || runsPodsOf(object, plain))
}

/** A Rollout with a template of its own replaces a Deployment by taking over its Pods. */
function runsPodsOf(object: KubeObject, plain: Standing['plain']): boolean {
  const selector = valueAt(object, ['spec', 'selector']) as LabelSelector | undefined
  return selector !== undefined && plain !== undefined && selects(selector, podLabels(plain))
}

function nameOf(object: KubeObject): string {
  return `${object.kind === 'Canary' ? 'Flagger' : 'Argo'} ${describeObject({ ...object, metadata: { name: object.metadata.name } }).replaceAll('"', '')}`
}
