import { SUITE } from '@fairlead/base'
import { describeObject, isMap, referenceTo, showsContent, type KubeObject } from '@fairlead/kube'
import { claimPointer } from '@fairlead/traffic'
import type { Effects, StepKind } from '../execute/effects.ts'
import type { Creation } from '../journal/index.ts'
import { asWritten, isBudget } from '../standing/index.ts'
import type { ApplyStep, Companion } from '../plan/step.ts'
import { objectAccess } from './access.ts'
import { asBefore } from './as-before.ts'
import { applyAutoscaler, withoutTarget } from './autoscaler.ts'
import { applyBudget } from './budget.ts'
import { remember } from './scaling.ts'

const MANAGER = SUITE.fieldManager

/** Applies what comes with the release. What was not there before is written down first, so that the way back can take it away again. */
export const apply: StepKind<ApplyStep> = {
  describe: (step) => `apply ${objectsOf(step).map(describeBriefly).join(', ')}`,
  undo: () => 'give back what was changed, delete what was made',
  access: (step) => objectsOf(step).flatMap((object) => objectAccess(object, ['get', 'create', 'patch', 'delete'])),
  async execute(step, effects) {
    const met = await meet(step, effects)
    await foresee(met, effects)
    const isMissing = (object: KubeObject) => met.some((each) => each.object === object && each.live === undefined)
    for (const { object } of step.config) if (isMissing(object)) await effects.cluster.apply(object, { manager: MANAGER })
    const liveOf = (object: KubeObject) => met.find((each) => each.object === object)?.live
    for (const companion of step.companions) {
      if (isBudget(companion.object)) await applyBudget(companion.object, { live: liveOf(companion.object), force: step.force }, effects)
      else await applyCompanion(companion, step.force, effects)
    }
    for (const { object, target } of step.autoscalers) await applyAutoscaler(object, { target, isNew: isMissing(object), force: step.force }, effects)
    const made = met.filter(({ live }) => live === undefined).length
    return { ok: true, text: `${met.length - made} were there, ${made} made` }
  },
}

/** An object of the step, and what is there under its name. */
interface Met {
  readonly app: string
  readonly object: KubeObject
  readonly live: KubeObject | undefined
}

async function meet({ config, companions, autoscalers }: ApplyStep, { cluster, services }: Effects): Promise<readonly Met[]> {
  return await Promise.all(
    [...config, ...companions, ...autoscalers].map(async (each): Promise<Met> => {
      const { app, object } = each
      const known = 'isPointer' in each ? services.get(app) : undefined
      return { app, object, live: known ?? (await cluster.get(referenceTo(await cluster.resourceOf(object), object))) }
    }),
  )
}

/** Writes down what is about to be made and changed, so that the way back can take it back. */
async function foresee(met: readonly Met[], { journals }: Effects): Promise<void> {
  for (const app of new Set(met.map((each) => each.app))) {
    const own = met.filter((each) => each.app === app)
    const created = own.filter(({ live }) => live === undefined).map(({ object }) => creationOf(object))
    const changed = own.flatMap(({ object, live }) => (live === undefined ? [] : changeOf(object, isBudget(live) ? asWritten(live) : live)))
    if (created.length + changed.length === 0) continue
    await journals.write(app, (journal) => {
      const { rollout } = journal
      if (rollout === undefined) return journal
      return { ...journal, rollout: { ...rollout, created: [...rollout.created, ...created], changed: [...(rollout.changed ?? []), ...changed] } }
    })
  }
}

/** What an object has to be given back; nothing where it is as it is to be. The data of a Secret is never written down, so it cannot be given back. */
function changeOf(object: KubeObject, live: KubeObject): readonly KubeObject[] {
  const wanted = saying(object.kind === 'HorizontalPodAutoscaler' ? withoutTarget(object) : object)
  return object.kind === 'Secret' || showsContent(live, wanted) ? [] : [asBefore(wanted, live)]
}

/** An object without empty labels or annotations, which say nothing: live ones have none at all then. */
function saying({ metadata, ...rest }: KubeObject): KubeObject {
  const kept = Object.entries(metadata).filter(([, value]) => !isMap(value) || Object.keys(value).length > 0)
  return { ...rest, metadata: { ...Object.fromEntries(kept), name: metadata.name } }
}

function objectsOf({ config, companions, autoscalers }: ApplyStep): readonly KubeObject[] {
  return [...config, ...companions, ...autoscalers].map(({ object }) => object)
}

/** A Service's selector is never part of an apply; what our own apply may still own of it is claimed first. */
async function applyCompanion({ app, object, isPointer }: Companion, force: boolean, { cluster, services, generations }: Effects): Promise<void> {
  const live = isPointer === true ? services.get(app) : undefined
  if (live !== undefined) services.set(app, await claimPointer(cluster, live))
  const written = await cluster.apply(object, { manager: MANAGER, force })
  if (isPointer === true) services.set(app, written)
  if (written.metadata.generation !== undefined) remember(written, generations)
}

function creationOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): Creation {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }
}

function describeBriefly(object: KubeObject): string {
  return describeObject({ ...object, metadata: { name: object.metadata.name } }).replaceAll('"', '')
}
