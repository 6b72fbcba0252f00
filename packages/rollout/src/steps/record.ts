import type { Journal, Placed, ReleaseNote } from '../journal/index.ts'
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
  const { app, release, backend } = step
  const active: Placed = { backend: resolved(backend, app, effects), release: noteOf(before, step, effects) }
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

/** The release as it is remembered: what its Pods run, when it arrived, and what accompanies it, which a release by image leaves as it is. */
function noteOf({ active }: Journal, { app, release, from, isWayBack }: RecordStep, { clock, running }: Effects): ReleaseNote {
  const now = clock.date().toISOString()
  const seen = running.get(app)
  const companions = release.companions ?? active?.release.companions
  const at = !isWayBack && from !== undefined ? now : (release.at ?? now)
  return { ...release, at, ...(seen === undefined ? {} : { running: seen }), ...(companions === undefined ? {} : { companions }) }
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
