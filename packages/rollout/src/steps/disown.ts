import { isFault, SUITE } from '@fairlead/base'
import { sameJson, type Cluster, type KubeObject, type ObjectReference, type PatchOperation } from '@fairlead/kube'
import type { Effects } from '../execute/effects.ts'
import { isOurs } from '../release/marks.ts'

const ATTEMPTS = 20
const MANAGER = `${SUITE.fieldManager}-left`

/** What is kept where nobody else has an entry: without any, the API server takes every field for owned by `before-first-apply`, with which the next apply of the user's own would conflict. */
const NOBODYS = { manager: MANAGER, operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'f:metadata': { 'f:labels': {} } } } as const

/**
 * Gives up every field of an object that stays, and takes our labels and annotations off, in one write built on the version that was read: whoever applies it next meets no owner of ours.
 * Answers whether there was something to give up.
 */
export async function disown(reference: ObjectReference, { cluster, clock }: Pick<Effects, 'cluster' | 'clock'>): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    const live = await cluster.get(reference)
    if (live === undefined) return false
    const operations = operationsFor(live, clock.date())
    if (operations.length === 0) return false
    try {
      await cluster.patch(reference, [{ op: 'test', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion }, ...operations], {
        manager: MANAGER,
      })
      return true
    } catch (error) {
      if (attempt === ATTEMPTS || !(await isOutdated(error, live, { reference, cluster }))) throw error
    }
  }
}

/** A 422 is a failed test as well as any other no: only the version tells. */
async function isOutdated(
  error: unknown,
  { metadata }: KubeObject,
  { reference, cluster }: { readonly reference: ObjectReference; readonly cluster: Cluster },
): Promise<boolean> {
  const isOpen = (['INPUT_INVALID', 'CONFLICT', 'NOT_FOUND'] as const).some((code) => isFault(error, code))
  return isOpen && (await cluster.get(reference))?.metadata.resourceVersion !== metadata.resourceVersion
}

function operationsFor({ apiVersion, metadata }: KubeObject, now: Date): readonly PatchOperation[] {
  const entries = (metadata.managedFields ?? []) as readonly { readonly manager?: string; readonly fieldsV1?: unknown }[]
  const ours = entries.filter(({ manager = '', fieldsV1 }) => isManagerOfOurs(manager) && !(manager === MANAGER && sameJson(fieldsV1, NOBODYS.fieldsV1)))
  const others = entries.filter((entry) => !ours.includes(entry))
  const time = now.toISOString().replace(/\.\d+Z$/, 'Z')
  const kept = others.length === 0 ? [{ ...NOBODYS, apiVersion, time }] : others
  return [
    ...(ours.length === 0 ? [] : [{ op: 'add' as const, path: '/metadata/managedFields', value: kept }]),
    ...withoutOurs('/metadata/labels', metadata.labels),
    ...withoutOurs('/metadata/annotations', metadata.annotations),
  ]
}

function isManagerOfOurs(manager: string): boolean {
  return manager === SUITE.fieldManager || manager.startsWith(`${SUITE.fieldManager}-`)
}

function withoutOurs(path: string, map: Readonly<Record<string, string>> = {}): readonly PatchOperation[] {
  return Object.keys(map)
    .filter(isOurs)
    .map((key) => ({ op: 'remove', path: `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` }))
}
