import { isFault } from '@fairlead/base'
import { selectorText, valueAt, type KubeObject } from '@fairlead/kube'
import { LABELS, moveService, openProof, POINTER_MANAGER, readPointer, type Backend } from '@fairlead/traffic'
import type { Effects, StepKind, StepResult } from '../execute/effects.ts'
import type { OpenStep } from '../plan/step.ts'
import { PODS } from '../standing/index.ts'
import { POINTER_ACCESS } from './access.ts'
import { PROOF_TIMEOUT } from './narrow.ts'
import { serviceOf } from './service.ts'

/** Opens the Service to its user's own selector, under load: only while nobody but the Pods that serve would be reached, and shown afterwards. Then the move label goes. */
export const open: StepKind<OpenStep> = {
  describe: ({ service, app }) => `give Service ${service} its own selector back, prove that it leads to Pods of Deployment ${app} alone`,
  writesAhead: true,
  access: () => POINTER_ACCESS,
  async execute({ app }, effects) {
    const { hash, selector } = effects.journals.of(app).adoption ?? {}
    if (hash === undefined || selector === undefined) throw new TypeError('a Service is opened only after its Deployment is held')
    const others = await othersUnder(selector, hash, effects)
    if (others.length > 0)
      return {
        ok: false,
        text: `its own selector would also lead to ${others.join(', ')}, expected Pods of Deployment ${app} only; give it labels that only this app has`,
      }
    return await openUp(app, { selector, backend: { type: 'adopted', hash } }, effects)
  },
}

/** What is there of the Service's own, and who is to answer. */
interface Opening {
  readonly selector: Readonly<Record<string, string>>
  readonly backend: Backend
}

/** Pods that would be reached and are none of the Deployment's, by name; what has ended answers nobody. */
async function othersUnder(selector: Opening['selector'], hash: string, { cluster, namespace }: Effects): Promise<readonly string[]> {
  const { items } = await cluster.list({ resource: PODS, namespace, labelSelector: selectorText({ matchLabels: selector }) })
  return items.filter((pod) => pod.metadata.labels?.[LABELS.hash] !== hash && !hasEnded(pod)).map(({ metadata }) => metadata.name)
}

function hasEnded(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(String(valueAt(pod, ['status', 'phase'])))
}

async function openUp(app: string, { selector, backend }: Opening, effects: Effects): Promise<StepResult> {
  const { cluster, clock, signal, services, journals } = effects
  const service = serviceOf(app, services)
  const before = readPointer(service)
  // An earlier run has done it, to the end.
  if (before.backend === undefined && before.move === undefined) return { ok: true, text: 'as its user wrote it' }
  using proof = openProof(cluster, { service, backend, base: selector, atLeast: 1 }, { clock, signal })
  await proof.synced
  const move = before.backend === undefined ? (before.move ?? '') : journals.nextMove(app)
  if (before.backend !== undefined) services.set(app, await moveService(cluster, service, { to: undefined, base: selector, move }))
  const verdict = await proof.await(move, { timeout: PROOF_TIMEOUT, signal })
  const shown = { ...verdict, service: service.metadata.name }
  if (!verdict.proven) return { ok: false, text: verdict.waitingFor, proof: shown }
  services.set(app, await withoutLabel(serviceOf(app, services), effects))
  return { ok: true, text: `${verdict.endpoints} ${verdict.endpoints === 1 ? 'endpoint' : 'endpoints'}, as its user wrote it`, proof: shown }
}

async function withoutLabel(service: KubeObject, { cluster }: Effects): Promise<KubeObject> {
  const { reference, move } = readPointer(service)
  const path = `/metadata/labels/${LABELS.move.replaceAll('/', '~1')}`
  try {
    return await cluster.patch(
      reference,
      [
        { op: 'test', path, value: move },
        { op: 'remove', path },
      ],
      { manager: POINTER_MANAGER },
    )
  } catch (error) {
    const live = isFault(error, 'INPUT_INVALID') ? await cluster.get(reference) : undefined
    if (live === undefined || readPointer(live).move !== undefined) throw error
    return live
  }
}
