import { SUITE } from '@fairlead/base'
import { describeObject, referenceTo, type KubeObject } from '@fairlead/kube'
import { claimPointer } from '@fairlead/traffic'
import type { Effects, StepKind } from '../execute/effects.ts'
import type { Creation } from '../journal/index.ts'
import type { ApplyStep, Companion } from '../plan/step.ts'
import { objectAccess } from './access.ts'
import { applyAutoscaler } from './autoscaler.ts'
import { remember } from './scaling.ts'

const MANAGER = SUITE.fieldManager

/** Applies what comes with the release. What was not there before is written down first, so that the way back can take it away again. */
export const apply: StepKind<ApplyStep> = {
  describe: (step) => `apply ${objectsOf(step).map(describeBriefly).join(', ')}`,
  undo: () => 'delete what was made',
  access: (step) => objectsOf(step).flatMap((object) => objectAccess(object, ['get', 'create', 'patch', 'delete'])),
  async execute(step, effects) {
    const missing = await missingOf(step, effects)
    for (const app of new Set(missing.map((each) => each.app))) {
      const created = missing.filter((each) => each.app === app).map(({ object }) => creationOf(object))
      await effects.journals.write(app, (journal) =>
        journal.rollout === undefined ? journal : { ...journal, rollout: { ...journal.rollout, created: [...journal.rollout.created, ...created] } },
      )
    }
    const isMissing = (object: KubeObject) => missing.some((each) => each.object === object)
    for (const { object } of step.config) if (isMissing(object)) await effects.cluster.apply(object, { manager: MANAGER })
    for (const companion of step.companions) await applyCompanion(companion, step.force, effects)
    for (const { object, target } of step.autoscalers) await applyAutoscaler(object, { target, isNew: isMissing(object), force: step.force }, effects)
    return { ok: true, text: `${objectsOf(step).length - missing.length} were there, ${missing.length} made` }
  },
}

function objectsOf({ config, companions, autoscalers }: ApplyStep): readonly KubeObject[] {
  return [...config, ...companions, ...autoscalers].map(({ object }) => object)
}

/** A Service's selector is never part of an apply; what our own apply may still own of it is claimed first. */
async function applyCompanion({ app, object, pointer }: Companion, force: boolean, { cluster, services, generations }: Effects): Promise<void> {
  const live = pointer === undefined ? undefined : services.get(app)
  if (live !== undefined) services.set(app, await claimPointer(cluster, live))
  const written = await cluster.apply(object, { manager: MANAGER, force })
  if (pointer !== undefined) services.set(app, written)
  if (written.metadata.generation !== undefined) remember(written, generations)
}

interface Missing {
  readonly app: string
  readonly object: KubeObject
}

async function missingOf({ config, companions, autoscalers }: ApplyStep, { cluster, services }: Effects): Promise<readonly Missing[]> {
  const unknown = [...config, ...companions.filter(({ pointer, app }) => pointer === undefined || !services.has(app)), ...autoscalers]
  const found = await Promise.all(
    unknown.map(async ({ app, object }) => {
      const resource = await cluster.resourceOf(object)
      return (await cluster.get(referenceTo(resource, object))) === undefined ? [{ app, object }] : []
    }),
  )
  return found.flat()
}

function creationOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): Creation {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }
}

function describeBriefly(object: KubeObject): string {
  return describeObject({ ...object, metadata: { name: object.metadata.name } }).replaceAll('"', '')
}
