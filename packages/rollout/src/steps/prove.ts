import { appLabels, openProof, readPointer } from '@fairlead/traffic'
import { resolved, type Effects, type MadeMove, type StepKind } from '../execute/effects.ts'
import type { ProveStep } from '../plan/step.ts'
import { workloadName } from '../standing/index.ts'
import { POINTER_ACCESS } from './access.ts'
import { PROOF_TIMEOUT } from './narrow.ts'
import { serviceOf } from './service.ts'

/** Shows that the control plane leads every new connection to the wanted Pods, and to enough of them. */
export const prove: StepKind<ProveStep> = {
  describe: ({ service, app, backend }) => `prove: every endpoint of ${service} is a Pod of ${workloadName(app, backend)}`,
  access: () => POINTER_ACCESS,
  async execute(step, effects) {
    const { label, proof } = effects.moves.get(step.app) ?? reopenProof(step, effects)
    const verdict = await proof.await(label, { timeout: PROOF_TIMEOUT, signal: effects.signal })
    const shown = { ...verdict, service: step.service }
    if (!verdict.proven) return { ok: false, text: verdict.waitingFor, proof: shown }
    return {
      ok: true,
      text: `${verdict.endpoints} ${verdict.endpoints === 1 ? 'endpoint' : 'endpoints'} in ${verdict.slices} ${verdict.slices === 1 ? 'slice' : 'slices'}, ${Math.round(verdict.seconds * 1_000)} ms after the move`,
      proof: shown,
    }
  },
}

/** An earlier run has moved it: its label still says so. */
function reopenProof({ app, backend, atLeast }: ProveStep, effects: Effects): MadeMove {
  const { cluster, clock, signal, services } = effects
  const service = serviceOf(app, services)
  const { move = '', base } = readPointer(service)
  const target = { service, backend: resolved(backend, app, effects), base: appLabels(base, app, backend), atLeast }
  const made = { label: move, proof: openProof(cluster, target, { clock, signal }) }
  effects.moves.set(app, made)
  return made
}
