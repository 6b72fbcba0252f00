import { SUITE } from '@fairlead/base'
import type { KubeObject, ObjectReference } from '@fairlead/kube'
import type { Effects, StepKind } from '../execute/effects.ts'
import { demandOwnFence } from '../lock/index.ts'
import type { Creation } from '../journal/index.ts'
import type { RemoveStep } from '../plan/step.ts'
import { objectAccess } from './access.ts'

/** Deletes what a release made that was taken back: only what was written down before it was made, and only while it is still ours. */
export const remove: StepKind<RemoveStep> = {
  describe: ({ created }) => `delete ${created.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`,
  writesAhead: true,
  access: ({ created }) => created.flatMap((each) => objectAccess(each, ['get', 'delete'])),
  async execute({ app, created }, effects) {
    let deleted = 0
    for (const creation of created.toReversed()) {
      if (await deleteOurs(creation, app, effects)) deleted += 1
      // The same plan may make it again.
      if (creation.kind === 'Deployment') effects.known.delete(creation.name)
    }
    if (created.some(({ kind, name }) => kind === 'Service' && effects.services.get(app)?.metadata.name === name)) effects.services.delete(app)
    return { ok: true, text: `${deleted} deleted` }
  },
}

async function deleteOurs({ apiVersion, kind, name, namespace }: Creation, app: string, { cluster, namespace: own, journals }: Effects): Promise<boolean> {
  const resource = await cluster.resourceOf({ apiVersion, kind })
  const reference: ObjectReference = { resource, name, ...(resource.namespaced ? { namespace: namespace ?? own } : {}) }
  const live = await cluster.get(reference)
  if (live === undefined || !isOurs(live)) return false
  demandOwnFence(live, journals.tokenOf(app))
  await cluster.delete(reference, { propagation: 'Background', ...(live.metadata.uid === undefined ? {} : { preconditions: { uid: live.metadata.uid } }) })
  return true
}

function isOurs({ metadata }: KubeObject): boolean {
  return ((metadata.managedFields ?? []) as readonly { readonly manager?: string }[]).some(({ manager }) => manager?.startsWith(SUITE.fieldManager) === true)
}
