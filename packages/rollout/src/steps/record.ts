import type { Journal, Placed } from '../journal/index.ts'
import { sameBackend } from '@fairlead/traffic'
import { resolved, type Effects, type StepKind } from '../execute/effects.ts'
import type { RecordStep } from '../plan/step.ts'
import { journalAccess } from './access.ts'

/** Writes down what serves from now on, and what can be gone back to. */
export const record: StepKind<RecordStep> = {
  describe: ({ app, release, isWayBack }) => `record that release ${release.number} of ${app} serves${isWayBack ? ' again' : ''}`,
  access: ({ app }) => journalAccess(app),
  async execute(step, effects) {
    await effects.journals.write(step.app, (journal) => recorded(journal, step, effects))
    return { ok: true, text: `release ${step.release.number}` }
  },
}

function recorded(before: Journal, step: RecordStep, effects: Effects): Journal {
  // What was on its way has arrived.
  const { rollout: _rollout, returning: _returning, standbyUntil: _until, ...journal } = before
  const { app, release, backend, isWayBack } = step
  const at = effects.clock.date().toISOString()
  const images = effects.running.get(app) ?? release.images
  const isNew = !isWayBack && step.from !== undefined
  const companions = release.companions ?? before.active?.release.companions
  const note = { ...release, images, at: isNew ? at : (release.at ?? at), ...(companions === undefined ? {} : { companions }) }
  const active: Placed = { backend: resolved(backend, app, effects), release: note }
  const previous = previousOf(journal, step, effects)
  const until = step.from === undefined ? before.standbyUntil : untilOf(step, effects)
  return {
    ...journal,
    last: Math.max(journal.last, release.number),
    active,
    ...(previous === undefined ? {} : { previous }),
    ...(until === undefined ? {} : { standbyUntil: until }),
  }
}

/** What served until now. What was there before us is release 0. */
function previousOf(journal: Omit<Journal, 'rollout'>, { app, from, isWayBack }: RecordStep, effects: Effects): Journal['previous'] {
  if (from === undefined) return undefined
  const backend = resolved(from, app, effects)
  const known = [journal.active, journal.previous].find((placed) => sameBackend(placed?.backend, backend))
  return { backend, release: known?.release ?? { number: 0, identity: '', images: [] }, ...(isWayBack ? { bad: true } : {}) }
}

function untilOf({ standby }: RecordStep, { clock }: Effects): string | undefined {
  if (standby.type === 'cold' || standby.for === undefined) return undefined
  return new Date(clock.date().getTime() + standby.for).toISOString()
}
