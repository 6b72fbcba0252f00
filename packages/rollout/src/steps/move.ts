import { claimPointer, moveService, openProof } from '@fairlead/traffic'
import { resolved, type Effects, type StepKind } from '../execute/effects.ts'
import type { MoveStep } from '../plan/step.ts'
import { describeBackend } from '../standing/index.ts'
import { POINTER_ACCESS, journalAccess } from './access.ts'
import { withRecord } from './keep.ts'
import { serviceOf } from './service.ts'

/** Moves traffic. The watches that will show what came of it are open before the write. */
export const move: StepKind<MoveStep> = {
  describe: ({ service, from, to, called }) => `move Service ${service} from ${describeBackend(from)} to ${called ?? describeBackend(to)}`,
  undo: ({ from }) => (from === undefined ? 'take the Service back' : `move back to ${describeBackend(from)}`),
  access: ({ app }) => [...POINTER_ACCESS, ...journalAccess(app)],
  async execute(step, effects) {
    demandProof(step, effects)
    const { app, to, atLeast, base } = step
    const { cluster, clock, signal, services, journals } = effects
    const backend = resolved(to, app, effects)
    const proof = openProof(cluster, { service: serviceOf(app, services), backend, base, atLeast }, { clock, signal })
    effects.moves.get(app)?.proof.close()
    effects.moves.set(app, { label: '', proof })
    await Promise.all([proof.synced, intend(step, effects)])
    const label = journals.nextMove(app)
    const service = await claimPointer(cluster, serviceOf(app, services))
    services.set(app, await moveService(cluster, service, { to: backend, base, move: label }))
    effects.moves.set(app, { label, proof })
    return { ok: true, text: `as move ${label}` }
  },
}

/** The last guard: whatever made the plan, traffic moves only on proofs that came out well in this very run. */
function demandProof({ needs, app }: MoveStep, { results }: Effects): void {
  const isProven = needs.length > 0 && needs.every((step) => results.get(step)?.ok === true)
  if (!isProven) throw new TypeError(`the move of ${app} was reached without the proof it needs`)
}

/** Written before the pointer: a run that is killed between the two leaves a journal that says where to look. */
async function intend({ app }: MoveStep, { journals, namespace }: Effects): Promise<void> {
  await journals.write(app, (journal) =>
    journal.rollout === undefined
      ? { ...journal, returning: true }
      : { ...journal, rollout: { ...withRecord(journal.rollout, app, namespace), step: 'move', moving: true } },
  )
}
