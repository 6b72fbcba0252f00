import { sameBackend, slotBackend } from '@fairlead/traffic'
import type { Rollout } from '../journal/index.ts'
import { settledBudgets } from './budgets.ts'
import { readIdentity, type Release } from '../release/index.ts'
import { pointedAt, type Standing, type Workload } from '../standing/index.ts'

/** Tells whether another release than this one is on its way for an app: it was parked, or its run was killed. */
export function isAnothers(standing: Standing, release: Pick<Release, 'apps'>): boolean {
  const { rollout } = standing.kept.journal
  const wanted = release.apps.find(({ app }) => app === standing.app)
  return rollout !== undefined && rollout.release.identity !== wanted?.identity
}

/** An app as it stands once the rollout on its way was taken back: what the way back must lead to, and what is planned on. */
export function clearedAway(standing: Standing): Standing {
  const { kept, slots } = standing
  const { rollout, ...journal } = kept.journal
  if (rollout === undefined) return standing
  const budgets = settledBudgets(standing)
  const cleared = withoutMade({ ...standing, budgets, slots: { ...slots, [rollout.slot]: slotAfter(slots[rollout.slot], rollout) } }, rollout)
  if (journal.adoption !== undefined && journal.active === undefined) return freed(cleared, rollout)
  const moved = sameBackend(pointedAt(standing), slotBackend(rollout.slot))
  return { ...(moved ? pointedBack(cleared, rollout) : cleared), kept: { ...kept, journal } }
}

/** An adoption that never arrived is undone whole: Service and Deployment are their user's own again. */
function freed(standing: Standing, rollout: Rollout): Standing {
  const { kept, plain } = standing
  const { rollout: _rollout, adoption: _adoption, ...journal } = kept.journal
  const opened = pointedBack({ ...standing, kept: { ...kept, journal } }, rollout)
  return plain === undefined ? opened : { ...opened, plain: { ...plain, paused: false } }
}

function pointedBack(standing: Standing, { selector }: Rollout): Standing {
  const { service } = standing
  return service === undefined || selector === undefined ? standing : { ...standing, service: withSelector(service, selector) }
}

/** A Service or an autoscaler that the rollout made goes with it. */
function withoutMade(standing: Standing, { created }: Rollout): Standing {
  const { service, slices, autoscaler, serviceName } = standing
  const isServiceGone = created.some(({ kind, name }) => kind === 'Service' && name === serviceName)
  const isScalerGone = created.some(({ kind, name }) => kind === 'HorizontalPodAutoscaler' && name === autoscaler?.metadata.name)
  return {
    ...standing,
    service: isServiceGone ? undefined : service,
    slices: isServiceGone ? [] : slices,
    autoscaler: isScalerGone ? undefined : autoscaler,
  }
}

function slotAfter(held: Workload | undefined, { before, created }: Rollout): Workload | undefined {
  if (held === undefined || (before === undefined && wasMade(created, held.name))) return undefined
  const emptied = { ...held, wanted: 0, available: 0 }
  // What it held before is put back: the next release that is refused must find that, not this one.
  return before === undefined ? { ...emptied, identity: undefined } : { ...emptied, object: { ...held.object, ...before }, identity: readIdentity(before) }
}

function wasMade(created: readonly { readonly kind: string; readonly name: string }[], name: string): boolean {
  return created.some((each) => each.kind === 'Deployment' && each.name === name)
}

function withSelector<T extends NonNullable<Standing['service']>>(service: T, selector: Readonly<Record<string, string>>): T {
  return { ...service, spec: { ...(service.spec as object), selector } }
}
