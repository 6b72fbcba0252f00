import type { Problem } from '@fairlead/base'
import { selects, type ManifestObject } from '@fairlead/kube'
import { labelText, templateLabels } from './deployment-problems.ts'
import { mapAt, textAt, textsAt } from './fields.ts'
import { problemAt } from './manifest-problem.ts'
import type { AppManifests, ManifestQuestion, ManifestSet } from './manifest-set.ts'
import { isOurs } from './marks.ts'

/** Finds what keeps the Services of the apps from leading to one app each. A Service that is not in the manifests is no problem: the live one is meant. */
export function serviceProblems(set: ManifestSet, question: ManifestQuestion): readonly Problem[] {
  const selectors = set.apps.flatMap(({ deployment, service }) =>
    deployment === undefined || service === undefined ? [] : leadsElsewhere(service, deployment, question.namespace),
  )
  return [...selectors, ...sharedServices(set, question), ...mixedServices(set, question)]
}

function leadsElsewhere(service: ManifestObject, deployment: ManifestObject, namespace: string): readonly Problem[] {
  const selector = mapAt(service.object, 'spec', 'selector')
  if (textAt(service.object, 'spec', 'type') === 'ExternalName' || Object.keys(selector).length === 0) {
    const message = 'selects no Pods, expected a selector that the labels of its app meet, got none'
    return [problemAt(service, ['spec'], { namespace, message, hint: 'Name the Service that leads to the app as `service`.' })]
  }
  const labels = templateLabels(deployment.object)
  const unmet = Object.entries(selector).filter(([key, value]) => !isOurs(key) && labels[key] !== value)
  return unmet.map(([key, value]) =>
    problemAt(service, ['spec', 'selector', key], {
      namespace,
      message: `its selector does not lead to Deployment "${deployment.object.metadata.name}", expected a label of its Pods, ${labelText(key, labels[key])}, got ${labelText(key, value)}`,
      hint: "Make the Service's selector and the labels of the Pod template agree.",
    }),
  )
}

function sharedServices({ apps }: ManifestSet, { namespace }: ManifestQuestion): readonly Problem[] {
  return apps.flatMap(({ app, service }, index) => {
    const first = service === undefined ? undefined : apps.slice(0, index).find((other) => other.service === service)
    if (service === undefined || first === undefined) return []
    const message = `cannot lead to two apps, expected a Service each, got "${first.app}" and "${app}"`
    return [problemAt(service, ['metadata', 'name'], { namespace, message, hint: 'Give each app a Service of its own.' })]
  })
}

/** A selector that two apps' Pods meet would, narrowed to a slot, still lead to both apps. */
function mixedServices({ apps }: ManifestSet, { namespace }: ManifestQuestion): readonly Problem[] {
  return apps.flatMap(({ app, service }) => {
    const selector = textsAt(service?.object, 'spec', 'selector')
    if (service === undefined || Object.keys(selector).length === 0) return []
    const others = apps.filter((other) => other.app !== app && other.service !== service && selects({ matchLabels: selector }, labelsOf(other)))
    return others.map((other) =>
      problemAt(service, ['spec', 'selector'], {
        namespace,
        message: `also selects the Pods of app "${other.app}", expected those of "${app}" only`,
        hint: 'Add a label to both that only the Pods of this app have.',
      }),
    )
  })
}

function labelsOf({ deployment }: AppManifests): Readonly<Record<string, string>> {
  return deployment === undefined ? {} : templateLabels(deployment.object)
}
