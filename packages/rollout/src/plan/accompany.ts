import type { ManifestObject } from '@fairlead/kube'
import { candidateSlot, type Standing } from '../standing/index.ts'
import { slotName, type Release } from '../release/index.ts'
import type { ApplyStep, Companion } from './step.ts'

/** Which of the apps' own Services are applied: those that have to be made first, or all. */
interface Accompanying {
  readonly services: 'missing' | 'all'
  readonly force: boolean
}

/** The step that applies what comes with a release beside its Deployments; none where nothing does. */
export function applyStep(release: Release, standings: readonly Standing[], { services, force }: Accompanying): readonly ApplyStep[] {
  const [first] = standings
  if (first === undefined) return []
  const going = release.apps.flatMap((app) => standings.filter((standing) => standing.app === app.app).map((standing) => ({ app, standing })))
  const config = going.flatMap(({ app }) => app.config.map((object) => ({ app: app.app, object })))
  const own = going.filter(({ standing }) => services === 'all' || standing.service === undefined).flatMap(({ app }) => serviceOf(release, app.app))
  const others = release.companions.map((manifest) => ({ app: first.app, object: manifest.object, manifest }))
  const autoscalers = going.flatMap(({ standing }) => autoscalersOf(release, standing))
  if (config.length + own.length + others.length + autoscalers.length === 0) return []
  return [{ type: 'apply', config, companions: [...own, ...others], autoscalers, force }]
}

/** The step that applies the Service of an app that users are on: once they are on the new Pods, since its ports are for both. */
export function serviceStep(release: Release, { app, service }: Standing, force: boolean): readonly ApplyStep[] {
  const own = service === undefined ? [] : serviceOf(release, app)
  return own.length === 0 ? [] : [{ type: 'apply', config: [], companions: own, autoscalers: [], force }]
}

/** What runs by itself: it is applied and waited for, and users are not moved to it. */
export function isWorkload({ object: { apiVersion, kind } }: ManifestObject): boolean {
  return (apiVersion === 'apps/v1' && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) || (apiVersion === 'batch/v1' && kind === 'Job')
}

function serviceOf({ apps }: Release, name: string): readonly Companion[] {
  const service = apps.find(({ app }) => app === name)?.service
  return service === undefined ? [] : [{ app: name, object: service.object, manifest: service.manifest, isPointer: true }]
}

function autoscalersOf({ autoscalers }: Release, standing: Standing): ApplyStep['autoscalers'] {
  const { app } = standing
  return autoscalers
    .filter((each) => each.app === app)
    .map(({ manifest }) => ({ app, object: manifest.object, manifest, target: slotName(app, candidateSlot(standing)) }))
}
