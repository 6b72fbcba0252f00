import { SUITE } from '@fairlead/base'
import type { AccessRule, KubeObject, ObjectReference } from '@fairlead/kube'
import { LABELS, readPointer } from '@fairlead/traffic'
import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import { demandOwnFence, leaseReference } from '../lock/index.ts'
import type { ConfigName } from '../journal/index.ts'
import type { ForgetStep } from '../plan/step.ts'
import { configReference } from '../records/index.ts'
import { configReferences, MARKS, slotName } from '../release/index.ts'
import { AUTOSCALERS, BUDGETS, DEPLOYMENTS, SERVICES } from '../standing/index.ts'
import { journalAccess } from './access.ts'
import { deploymentReference } from './deployment.ts'
import { disown } from './disown.ts'

/** Deletes what is ours of an app. The lock and the journal go last: as long as they are there, whoever was killed is found and gone on from. */
export const forget: StepKind<ForgetStep> = {
  describe: ({ app, slots }) =>
    `delete ${slots.length === 0 ? '' : `${slots.map((slot) => `Deployment ${slotName(app, slot)}`).join(', ')}, `}the records, the journal and the lock of ${app}; give up every field of what stays`,
  writesAhead: true,
  access: accessFor,
  async execute(step, effects) {
    const { app, slots } = step
    const refused = await whyNotYet(step, effects)
    if (refused !== undefined) return { ok: false, text: refused }
    const kept = await deleteConfig(step, effects)
    for (const slot of slots) await deleteSlot(slotName(app, slot), app, effects)
    await giveUp(step, effects)
    await deleteLease(app, effects)
    await effects.journals.remove(app)
    return told(app, kept)
  },
}

function accessFor({ app, autoscaler, budgets, secrets }: ForgetStep): readonly AccessRule[] {
  return [
    { group: 'apps', resource: 'deployments', verbs: ['get', 'list', 'patch', 'delete'] },
    { group: '', resource: 'services', verbs: ['get', 'patch'] },
    { group: '', resource: 'configmaps', verbs: ['get', 'list', 'patch', 'delete'] },
    ...(secrets ? [{ group: '', resource: 'secrets', verbs: ['get', 'list', 'patch', 'delete'] }] : []),
    ...(autoscaler === undefined ? [] : [{ group: 'autoscaling', resource: 'horizontalpodautoscalers', verbs: ['get', 'patch'], names: [autoscaler] }]),
    ...(budgets.length === 0 ? [] : [{ group: 'policy', resource: BUDGETS.plural, verbs: ['get', 'patch'], names: budgets }]),
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'delete'], names: [leaseReference('', app).name] },
    ...journalAccess(app, ['delete']),
  ]
}

/** A slot that a Service leads to, or that has Pods, is nothing to be forgotten. */
async function whyNotYet({ app, service, slots }: ForgetStep, { cluster, namespace }: Effects): Promise<string | undefined> {
  const live = await cluster.get({ resource: SERVICES, namespace, name: service })
  if (live !== undefined && readPointer(live).backend !== undefined)
    return `Service ${service} is pinned again, expected its own selector: somebody has moved it`
  for (const slot of slots) {
    const deployment = await cluster.get(deploymentReference(namespace, slotName(app, slot)))
    const wanted = (deployment?.spec as { readonly replicas?: number } | undefined)?.replicas ?? 0
    if (wanted > 0) return `Deployment ${slotName(app, slot)} asks for ${wanted} Pods again, expected none: somebody has scaled it`
  }
  return undefined
}

/** Deletes records, and copies of configuration that nobody reads; answers the copies that are kept. */
async function deleteConfig({ app, secrets, slots }: ForgetStep, effects: Effects): Promise<readonly string[]> {
  const { cluster, namespace } = effects
  const { items } = await cluster.list({ resource: DEPLOYMENTS, namespace })
  const gone = slots.map((slot) => slotName(app, slot))
  const read = new Set(items.filter(({ metadata }) => !gone.includes(metadata.name)).flatMap(readBy))
  const kept: string[] = []
  for (const kind of secrets ? (['ConfigMap', 'Secret'] as const) : (['ConfigMap'] as const)) {
    const { resource } = configReference(namespace, { kind, name: app })
    const ours = await cluster.list({ resource, namespace, labelSelector: `${LABELS.app}=${app}` })
    for (const { metadata } of ours.items) {
      const isCopy = metadata.labels?.[MARKS.config] !== undefined
      if (!isCopy && !isRecord(metadata.name, app)) continue
      if (isCopy && read.has(`${kind}/${metadata.name}`)) kept.push(`${kind} ${metadata.name}`)
      else await deleteExactly({ resource, namespace, name: metadata.name }, metadata.uid, effects)
    }
  }
  return kept
}

function readBy({ spec }: KubeObject): readonly string[] {
  return configReferences((spec as { readonly template?: unknown } | undefined)?.template).map(({ kind, name }) => `${kind}/${name}`)
}

function isRecord(name: string, app: string): boolean {
  const prefix = `${SUITE.fieldManager}.${app}.r`
  return name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))
}

/** Its ReplicaSets go with it: an orphan would be taken on by the Deployment that stays, and rolled. */
async function deleteSlot(name: string, app: string, effects: Effects): Promise<void> {
  const reference = deploymentReference(effects.namespace, name)
  const live = await effects.cluster.get(reference)
  if (live === undefined || live.metadata.labels?.[LABELS.app] !== app) return
  demandOwnFence(live, effects.journals.tokenOf(app))
  await deleteExactly(reference, live.metadata.uid, effects)
}

/** Everything of the user's own that we have written to. */
async function giveUp({ app, service, autoscaler, budgets, secrets }: ForgetStep, effects: Effects): Promise<void> {
  const { cluster, namespace } = effects
  const plain = await cluster.get(deploymentReference(namespace, app))
  const configs = configReferences((plain?.spec as { readonly template?: unknown } | undefined)?.template)
  for (const each of configs) if (secrets || each.kind === 'ConfigMap') await giveUpConfig(each, effects)
  if (autoscaler !== undefined) await disown({ resource: AUTOSCALERS, namespace, name: autoscaler }, effects)
  for (const name of budgets) await disown({ resource: BUDGETS, namespace, name }, effects)
  await disown({ resource: SERVICES, namespace, name: service }, effects)
  await disown(deploymentReference(namespace, app), effects)
}

/** A copy that is still read stays known as one. */
async function giveUpConfig(name: ConfigName, effects: Effects): Promise<void> {
  const reference = configReference(effects.namespace, name)
  const live = await effects.cluster.get(reference)
  if (live !== undefined && live.metadata.labels?.[MARKS.config] === undefined) await disown(reference, effects)
}

async function deleteLease(app: string, effects: Effects): Promise<void> {
  const reference = leaseReference(effects.namespace, app)
  const live = await effects.cluster.get(reference)
  if (live !== undefined) await deleteExactly(reference, live.metadata.uid, effects)
}

async function deleteExactly(reference: ObjectReference, uid: string | undefined, { cluster }: Effects): Promise<void> {
  await cluster.delete(reference, { propagation: 'Background', ...(uid === undefined ? {} : { preconditions: { uid } }) })
}

function told(app: string, kept: readonly string[]): StepResult {
  return { ok: true, text: kept.length === 0 ? `nothing of ours is left of ${app}` : `${app} goes on reading ${kept.join(', ')}, which stays` }
}
