import type { Check, Respondent } from '@fairlead/health/checks'
import { healthyPods, type PodName, type TargetHealth } from '@fairlead/health'

/** What checks are asked of, beside the judged objects themselves. */
export interface CheckPlan {
  readonly checks: readonly Check[]
  /** Services named by the `service` input; empty, the Services among the judged objects. */
  readonly services: readonly { readonly name: string; readonly namespace: string }[]
  readonly url?: URL
}

/** Lists every Pod, Service or URL that is to be asked, from what was found healthy. Pods that are not healthy (terminating ones) are not asked. */
export function respondentsOf({ checks, services, url }: CheckPlan, targets: readonly TargetHealth[]): readonly Respondent[] {
  const pods = targets.flatMap(podsOf)
  const judged = targets.flatMap(({ reference: { resource, namespace = '', name } }) => (resource.kind === 'Service' ? [{ namespace, name }] : []))
  return checks.flatMap((check): readonly Respondent[] => {
    switch (check.on) {
      case 'pods':
        return pods.map((pod) => ({ check, name: `Pod "${pod.namespace}/${pod.name}"`, where: { type: 'proxy', target: 'pods', ...pod } }))
      case 'service':
        return (services.length > 0 ? services : judged).map((service) => ({
          check,
          name: `Service "${service.namespace}/${service.name}"`,
          where: { type: 'proxy', target: 'services', ...service },
        }))
      case 'url':
        return url === undefined ? [] : [{ check, name: url.host, where: { type: 'url', base: url } }]
    }
  })
}

/** Names the checks that nobody can be asked: a check that asks no one has proven nothing. */
export function unaskedChecks({ checks }: CheckPlan, respondents: readonly Respondent[]): readonly Check[] {
  return checks.filter((check) => !respondents.some((respondent) => respondent.check === check))
}

function podsOf({ reference, health, tree }: TargetHealth): readonly PodName[] {
  const { resource, namespace = '', name } = reference
  // The Pods of a Job do their work and go: nobody asks them anything.
  if (resource.kind === 'Job' || resource.kind === 'CronJob') return []
  if (resource.kind === 'Pod') return health.status === 'Healthy' ? [{ namespace, name }] : []
  return tree.flatMap(healthyPods)
}
