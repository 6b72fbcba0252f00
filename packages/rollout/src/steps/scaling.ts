import { SUITE } from '@fairlead/base'
import type { KubeObject } from '@fairlead/kube'
import type { Effects } from '../execute/effects.ts'
import type { Backend } from '@fairlead/traffic'
import { DEPLOYMENTS, workloadName } from '../standing/index.ts'

/** Writes `spec.replicas` of our slots, and nothing else. */
const SCALE_MANAGER = `${SUITE.fieldManager}-scale`

/** Scales a Deployment and remembers the generation that answers for it. A slot is ours, so its replicas are taken from whoever had them. */
export async function scaleDeployment(name: string, replicas: number, effects: Effects): Promise<KubeObject> {
  const { cluster, namespace, generations } = effects
  const object = { apiVersion: DEPLOYMENTS.apiVersion, kind: DEPLOYMENTS.kind, metadata: { name, namespace }, spec: { replicas } }
  const written = await cluster.apply(object, { manager: SCALE_MANAGER, force: true })
  remember(written, generations)
  return written
}

/** Scales a Deployment of the user's own: a patch, which takes over no field for longer than the next one. */
async function scaleAdopted(app: string, replicas: number, { cluster, namespace, journals }: Effects): Promise<void> {
  const uid = journals.of(app).adoption?.uid
  const guard = uid === undefined ? [] : [{ op: 'test' as const, path: '/metadata/uid', value: uid }]
  await cluster.patch({ resource: DEPLOYMENTS, namespace, name: app }, [...guard, { op: 'add', path: '/spec/replicas', value: replicas }], {
    manager: SCALE_MANAGER,
  })
}

/** Scales whatever stands behind a backend. */
export async function scaleBackend(
  app: string,
  backend: Backend,
  { replicas, effects }: { readonly replicas: number; readonly effects: Effects },
): Promise<void> {
  if (backend.type === 'slot') await scaleDeployment(workloadName(app, backend), replicas, effects)
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
