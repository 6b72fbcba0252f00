import { selectorText } from '@fairlead/kube'
import { baseSelector, foreignEndpoints, LABELS, moveService, openProof, readSlice, takesTraffic } from '@fairlead/traffic'
import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import type { NarrowStep } from '../plan/step.ts'
import { PODS, selectorIn, SLICES } from '../standing/index.ts'
import { POINTER_ACCESS } from './access.ts'
import { serviceOf } from './service.ts'

/** Milliseconds for the control plane to show a move; it takes some ten. */
export const PROOF_TIMEOUT = 30_000

/** Pins the Service to the Pods that serve already: the same endpoints before and after. */
export const narrow: StepKind<NarrowStep> = {
  describe: ({ service, app }) => `pin Service ${service} to the Pods of Deployment ${app}`,
  undo: ({ service }) => `give Service ${service} its own selector back`,
  writesAhead: true,
  access: () => POINTER_ACCESS,
  async execute({ app }, effects) {
    const { hash } = effects.journals.of(app).adoption ?? {}
    if (hash === undefined) throw new TypeError('a Service is pinned only after its Deployment is held')
    const { foreign, endpoints } = await behind(app, hash, effects)
    if (foreign.length > 0) {
      return {
        ok: false,
        text: `the Service also leads to ${foreign.join(', ')}, expected Pods of Deployment ${app} only; give it labels that only this app has`,
      }
    }
    return await pin(app, { hash, endpoints }, effects)
  },
}

interface Behind {
  /** What is behind the Service and is no Pod of the one ReplicaSet, by name. */
  readonly foreign: readonly string[]
  /** The UIDs of the Pods that take traffic now. */
  readonly endpoints: ReadonlySet<string>
}

async function behind(app: string, hash: string, { cluster, namespace, services }: Effects): Promise<Behind> {
  const service = serviceOf(app, services)
  const [slices, pods] = await Promise.all([
    cluster.list({ resource: SLICES, namespace, labelSelector: `kubernetes.io/service-name=${service.metadata.name}` }),
    cluster.list({ resource: PODS, namespace, labelSelector: selectorText({ matchLabels: baseSelector(selectorIn(service)) }) }),
  ])
  const owner = pods.items
    .find(({ metadata }) => metadata.labels?.[LABELS.hash] === hash)
    ?.metadata.ownerReferences?.find(({ controller }) => controller === true)
  const uids = slices.items.flatMap((slice) =>
    readSlice(slice)
      .endpoints.filter(takesTraffic)
      .flatMap(({ uid }) => uid ?? []),
  )
  return { foreign: foreignEndpoints(slices.items, pods.items, owner?.uid ?? ''), endpoints: new Set(uids) }
}

async function pin(
  app: string,
  { hash, endpoints }: { readonly hash: string; readonly endpoints: ReadonlySet<string> },
  effects: Effects,
): Promise<StepResult> {
  const { cluster, clock, signal, services, journals } = effects
  const service = serviceOf(app, services)
  const backend = { type: 'adopted', hash } as const
  using proof = openProof(cluster, { service, backend, atLeast: 1 }, { clock, signal })
  await proof.synced
  const move = journals.nextMove(app)
  services.set(app, await moveService(cluster, service, { to: backend, move }))
  const verdict = await proof.await(move, { timeout: PROOF_TIMEOUT, signal })
  const shown = { ...verdict, service: service.metadata.name }
  if (!verdict.proven) return { ok: false, text: verdict.waitingFor, proof: shown }
  const kept = verdict.uids.filter((uid) => endpoints.has(uid)).length
  const same = kept === endpoints.size && kept === verdict.endpoints ? 'the same as before' : `${kept} of the ${endpoints.size} from before among them`
  return { ok: true, text: `${verdict.endpoints} ${verdict.endpoints === 1 ? 'endpoint' : 'endpoints'}, ${same}`, proof: shown }
}
