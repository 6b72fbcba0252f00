import type { Resource } from '@fairlead/kube'
import { baseSelector, foreignEndpoints, moveService, openProof } from '@fairlead/traffic'
import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import type { NarrowStep } from '../plan/step.ts'
import { PODS, selectorIn } from '../standing/index.ts'
import { POINTER_ACCESS } from './access.ts'
import { serviceOf } from './service.ts'

const SLICES: Resource = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', plural: 'endpointslices', namespaced: true }
/** Milliseconds for the control plane to show a move; it takes some ten. */
export const PROOF_TIMEOUT = 30_000

/** Pins the Service to the Pods that serve already: the same endpoints before and after. */
export const narrow: StepKind<NarrowStep> = {
  describe: ({ service, app }) => `pin Service ${service} to the Pods of Deployment ${app}`,
  undo: ({ service }) => `give Service ${service} its own selector back`,
  access: () => POINTER_ACCESS,
  async execute({ app }, effects) {
    const { hash } = effects.journals.of(app).adoption ?? {}
    if (hash === undefined) throw new TypeError('a Service is pinned only after its Deployment is held')
    const foreign = await foreignBehind(app, hash, effects)
    if (foreign.length > 0) {
      return {
        ok: false,
        text: `the Service also leads to ${foreign.join(', ')}, expected Pods of Deployment ${app} only; give it labels that only this app has`,
      }
    }
    return await pin(app, hash, effects)
  },
}

async function foreignBehind(app: string, hash: string, { cluster, namespace, services }: Effects): Promise<readonly string[]> {
  const service = serviceOf(app, services)
  const [slices, pods] = await Promise.all([
    cluster.list({ resource: SLICES, namespace, labelSelector: `kubernetes.io/service-name=${service.metadata.name}` }),
    cluster.list({ resource: PODS, namespace, labelSelector: labelText(baseSelector(selectorIn(service))) }),
  ])
  const owner = pods.items
    .find(({ metadata }) => metadata.labels?.['pod-template-hash'] === hash)
    ?.metadata.ownerReferences?.find(({ controller }) => controller === true)
  return foreignEndpoints(slices.items, pods.items, owner?.uid ?? '')
}

async function pin(app: string, hash: string, effects: Effects): Promise<StepResult> {
  const { cluster, clock, signal, services, journals } = effects
  const service = serviceOf(app, services)
  const backend = { type: 'adopted', hash } as const
  using proof = openProof(cluster, { service, backend, atLeast: 1 }, { clock, signal })
  await proof.synced
  const move = await journals.nextMove(app)
  services.set(app, await moveService(cluster, service, { to: backend, move }))
  const verdict = await proof.await(move, { timeout: PROOF_TIMEOUT, signal })
  const shown = { ...verdict, service: service.metadata.name }
  if (!verdict.proven) return { ok: false, text: verdict.waitingFor, proof: shown }
  return { ok: true, text: `the same ${verdict.endpoints} endpoints as before`, proof: shown }
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}
