import type { Problem } from '@fairlead/base'
import type { ManifestObject } from '@fairlead/kube'
import { SLOTS } from '@fairlead/traffic'
import { deploymentProblems } from './deployment-problems.ts'
import { textAt, textsAt } from './fields.ts'
import { problemAt } from './manifest-problem.ts'
import { groupKindOf, isIn, type AppManifests, type ManifestQuestion, type ManifestSet } from './manifest-set.ts'
import { isOurs } from './marks.ts'
import { serviceProblems } from './service-problems.ts'
import { APP_NAME_HINT, wrongAppName } from './slot-name.ts'

/** Finds all that keeps manifests from being a release in slots, each with its place. Does not judge what only a cluster knows. */
export function manifestProblems(objects: readonly ManifestObject[], set: ManifestSet, question: ManifestQuestion): readonly Problem[] {
  return [
    ...set.apps.flatMap((each) => appProblems(each, objects, question)),
    ...serviceProblems(set, question),
    ...objects.flatMap((manifest) => [...markProblems(manifest, question), ...slotNameProblems(manifest, question), ...driverProblems(manifest, question)]),
  ]
}

function appProblems(found: AppManifests, objects: readonly ManifestObject[], question: ManifestQuestion): readonly Problem[] {
  const { app, deployment } = found
  const { namespace } = question
  const wrongName = wrongAppName(app)
  if (deployment === undefined) return [missing(app, objects, question)]
  return [
    ...(wrongName === undefined ? [] : [problemAt(deployment, ['metadata', 'name'], { namespace, message: wrongName, hint: APP_NAME_HINT })]),
    ...deploymentProblems(deployment, namespace),
  ]
}

const WITHOUT_SLOTS: Readonly<Record<string, string>> = {
  'apps/StatefulSet': 'a StatefulSet has no slots: its Pods have names and volumes of their own, which two releases cannot share',
  'apps/DaemonSet': 'a DaemonSet has no slots: it runs one Pod on every node',
  'argoproj.io/Rollout': 'an Argo Rollout moves its own traffic, and two tools must not move the same',
}

function missing(app: string, objects: readonly ManifestObject[], { namespace }: ManifestQuestion): Problem {
  const named = objects.filter(({ object }) => object.metadata.name === app)
  const other = named.find(({ object }) => WITHOUT_SLOTS[groupKindOf(object)] !== undefined)
  if (other !== undefined) {
    const message = `${WITHOUT_SLOTS[groupKindOf(other.object)]}, expected a Deployment, got a ${other.object.kind}`
    return problemAt(other, ['kind'], { namespace, message, hint: 'Leave it out of `app`: it is applied and waited for, without slots.' })
  }
  const elsewhere = named.find(({ object }) => groupKindOf(object) === 'apps/Deployment')
  if (elsewhere !== undefined) {
    const message = `stands in another namespace than the release, expected "${namespace}", got "${elsewhere.object.metadata.namespace}"`
    return problemAt(elsewhere, ['metadata', 'namespace'], { namespace, message, hint: 'Give its namespace as the `namespace` input.' })
  }
  const deployments = objects.filter(({ object }) => groupKindOf(object) === 'apps/Deployment').map(({ object }) => object.metadata.name)
  const got = deployments.length === 0 ? 'no Deployments' : deployments.join(', ')
  return {
    message: `app "${app}": is not in the manifests, expected a Deployment of that name, got ${got}`,
    hint: 'Name Deployments of the manifests in `app`.',
  }
}

function markProblems(manifest: ManifestObject, { apps, services, namespace }: ManifestQuestion): readonly Problem[] {
  const { object } = manifest
  const deployment = groupKindOf(object) === 'apps/Deployment' && apps.includes(object.metadata.name)
  const service = groupKindOf(object) === '/Service' && apps.some((app) => (services.get(app) ?? app) === object.metadata.name)
  const paths: readonly (readonly string[])[] = [
    ['metadata', 'labels'],
    ['metadata', 'annotations'],
    ...(deployment
      ? [
          ['spec', 'selector', 'matchLabels'],
          ['spec', 'template', 'metadata', 'labels'],
        ]
      : []),
    ...(service ? [['spec', 'selector']] : []),
  ]
  return paths.flatMap((path) =>
    Object.keys(textsAt(object, ...path))
      .filter(isOurs)
      .map((key) =>
        problemAt(manifest, [...path, key], {
          namespace,
          message: `${path.join('.')} has ${key}, expected no name of Fairlead's own`,
          hint: 'Remove it: the release writes it.',
        }),
      ),
  )
}

function slotNameProblems(manifest: ManifestObject, { apps, namespace }: ManifestQuestion): readonly Problem[] {
  const { object } = manifest
  if (groupKindOf(object) !== 'apps/Deployment' || !isIn(object, namespace)) return []
  const owner = apps.find((app) => SLOTS.some((slot) => object.metadata.name === `${app}-${slot}`))
  if (owner === undefined) return []
  return [
    problemAt(manifest, ['metadata', 'name'], {
      namespace,
      message: `has the name of a slot of app "${owner}", expected another`,
      hint: 'Rename the Deployment.',
    }),
  ]
}

/** Controllers that would move the app's traffic beside us. */
function driverProblems(manifest: ManifestObject, { apps, namespace }: ManifestQuestion): readonly Problem[] {
  const { object } = manifest
  const field = DRIVERS[groupKindOf(object)]
  const target = field === undefined ? undefined : textAt(object, 'spec', field, 'name')
  if (field === undefined || target === undefined || !apps.includes(target) || !isIn(object, namespace)) return []
  const message = `moves the traffic of Deployment "${target}" itself, expected one tool to do that`
  return [problemAt(manifest, ['spec', field], { namespace, message, hint: `Remove it, or leave "${target}" out of \`app\`.` })]
}

const DRIVERS: Readonly<Record<string, string>> = { 'flagger.app/Canary': 'targetRef', 'argoproj.io/Rollout': 'workloadRef' }
