import { milliseconds } from '@fairlead/base'
import type { Release } from '../release/index.ts'
import { activeOf, type Standing } from '../standing/index.ts'
import { applyStep, isWorkload } from './accompany.ts'
import { companionsOf } from './course.ts'
import type { RolloutOptions } from './options.ts'
import type { AwaitTarget, Step } from './step.ts'

/**
 * What is left to do for a release that serves already when only what accompanies it has changed, or how many Pods it asks for: nothing is moved, so nothing has to be proven.
 * The number of Pods is the manifest's only where no autoscaler decides.
 */
export function adjustingSteps(release: Release, standings: readonly Standing[], { timeout, stability, forceConflicts }: RolloutOptions): readonly Step[] {
  const companions = companionsOf(release)
  const changed = companions === undefined ? [] : standings.filter(({ kept: { journal } }) => journal.active?.release.companions !== companions)
  const scaled = standings.flatMap((standing) => scaledTo(standing, release))
  const beside = changed.length === 0 ? [] : release.companions.filter(isWorkload)
  const targets = scaled.map(({ target }) => target)
  const waits =
    targets.length + beside.length === 0
      ? []
      : [{ type: 'await' as const, targets, beside, timeout, stability: scaled.length === 0 ? milliseconds(0) : stability }]
  return [
    ...(changed.length === 0 ? [] : applyStep(release, changed, { services: 'all', force: forceConflicts })),
    ...scaled.map(({ step }) => step),
    ...waits,
    ...changed.flatMap((standing) => rememberStep(standing, companions)),
  ]
}

function scaledTo(standing: Standing, release: Release): readonly { readonly step: Step; readonly target: AwaitTarget }[] {
  const { app, autoscaler } = standing
  const wanted = release.apps.find((each) => each.app === app)?.replicas
  const active = activeOf(standing)
  const isScaled = autoscaler !== undefined || release.autoscalers.some((each) => each.app === app)
  if (wanted === undefined || wanted < 1 || active === undefined || isScaled || active.workload.wanted === wanted) return []
  const { backend, workload } = active
  return [{ step: { type: 'scale', app, backend, replicas: wanted, before: workload.wanted }, target: { app, backend, replicas: wanted } }]
}

function rememberStep({ app, kept }: Standing, companions: string | undefined): readonly Step[] {
  const { active } = kept.journal
  if (active === undefined || companions === undefined) return []
  return [
    { type: 'record', app, release: { ...active.release, companions }, backend: active.backend, from: undefined, isWayBack: false, standby: { type: 'cold' } },
  ]
}
