import { SUITE } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'
import type { Effects } from '../execute/effects.ts'
import type { Backend, SlotName } from '@fairlead/traffic'
import { slotName } from '../release/index.ts'
import { DEPLOYMENTS } from '../standing/index.ts'
import { applyFenced, fenceTests, readFenced } from './fenced.ts'

/** Writes `spec.replicas` of our slots, and nothing else. */
const SCALE_MANAGER = `${SUITE.fieldManager}-scale`

interface Scaling {
  readonly replicas: number
  readonly effects: Effects
}

/** Scales a Deployment and remembers the generation that answers for it. A slot is ours, so its replicas are taken from whoever had them. */
export async function scaleSlot(app: string, slot: SlotName, { replicas, effects }: Scaling): Promise<KubeObject> {
  const { namespace, generations } = effects
  const name = slotName(app, slot)
  const object = { apiVersion: DEPLOYMENTS.apiVersion, kind: DEPLOYMENTS.kind, metadata: { name, namespace }, spec: { replicas } }
  const written = await applyFenced(object, app, { options: { manager: SCALE_MANAGER, force: true }, effects })
  remember(written, generations)
  return written
}

/** Scales a Deployment of the user's own: a patch, which takes over no field for longer than the next one. */
async function scaleAdopted(app: string, replicas: number, effects: Effects): Promise<void> {
  const { cluster, namespace, journals } = effects
  const live = await readFenced(app, app, effects)
  const uid = journals.of(app).adoption?.uid
  const guards = [...(uid === undefined ? [] : [{ op: 'test' as const, path: '/metadata/uid', value: uid }]), ...(live === undefined ? [] : fenceTests(live))]
  await cluster.patch({ resource: DEPLOYMENTS, namespace, name: app }, [...guards, { op: 'add', path: '/spec/replicas', value: replicas }], {
    manager: SCALE_MANAGER,
  })
}

/** Scales whatever stands behind a backend. */
export async function scaleBackend(app: string, backend: Backend, { replicas, effects }: Scaling): Promise<void> {
  if (backend.type === 'slot') await scaleSlot(app, backend.slot, { replicas, effects })
  else await scaleAdopted(app, replicas, effects)
}

/** Keeps the generation our write returned: whatever a status says about an earlier one does not count. */
export function remember({ kind, metadata }: KubeObject, generations: Effects['generations']): void {
  generations.set(generationKey(kind, metadata.name), { generation: metadata.generation ?? 0, uid: metadata.uid ?? '' })
}

/** What a generation is remembered under. */
export function generationKey(kind: string, name: string): string {
  return `${kind}/${name}`
}
