import type { AccessRule } from '@fairlead/kube'
import type { Journal, Pin, Placed, ReleaseNote, Rollout } from '../journal/index.ts'
import { sameBackend } from '@fairlead/traffic'
import { resolved, type Effects, type StepKind } from '../execute/effects.ts'
import type { RecordStep } from '../plan/step.ts'
import { withAccepted, withReturn } from '../records/index.ts'
import { journalAccess } from './access.ts'
import { acceptedBy, shed, writeRecord } from './keep.ts'

/**
 * Writes down what serves from now on, and what can be gone back to. The record of a release comes first: whatever the journal calls accepted has one.
 * What falls off the end of the history goes.
 */
export const record: StepKind<RecordStep> = {
  describe: ({ app, release, isWayBack }) => `record that release ${release.number} of ${app} serves${isWayBack ? ' again' : ''}`,
  access: (step) => [...journalAccess(step.app), ...(step.isWayBack ? [] : RECORD_ACCESS)],
  async execute(step, effects) {
    const { journals } = effects
    const isWayBack = step.isWayBack || journals.of(step.app).rollout?.restores === true
    const meant = { ...step, isWayBack }
    const note = noteOf(journals.of(step.app), meant, effects)
    await writeRecord(meant, note, effects)
    const after = recorded(journals.of(step.app), { step: meant, note }, effects)
    const left = await shed(meant, after, effects)
    await journals.settle(step.app, () => after)
    return {
      ok: true,
      text: `release ${step.release.number}${left.length === 0 ? '' : `; not needed any more, and this account may not delete: ${left.join(', ')}`}`,
    }
  },
}

/** A record has a new name each time, so its rule can name none. */
const RECORD_ACCESS: readonly AccessRule[] = [{ group: '', resource: 'configmaps', verbs: ['get', 'create', 'delete'] }]

interface Recording {
  readonly step: RecordStep
  readonly note: ReleaseNote
}

function recorded(before: Journal, { step, note }: Recording, effects: Effects): Journal {
  // What was on its way has arrived.
  const { rollout: _rollout, returning: _returning, standbyUntil: _until, warm, pin: _pin, olderPins: _older, ...journal } = before
  const { app, release, backend } = step
  const { lifts, mark } = orderOf(step, before)
  const active: Placed = { backend: resolved(backend, app, effects), release: note }
  const previous = previousOf(journal, step, effects)
  const until = step.from === undefined ? before.standbyUntil : untilOf(step, effects)
  const history = historyOf(before, { step, note }, effects)
  return {
    ...journal,
    last: Math.max(journal.last, release.number),
    active,
    ...(previous === undefined ? {} : { previous }),
    ...(until === undefined ? {} : { standbyUntil: until }),
    ...(isKeptWarm(step, warm) ? { warm: true } : {}),
    ...(history === undefined ? {} : { history }),
    ...pinsAfter(before, lifts),
    ...(mark === undefined ? {} : { mark }),
  }
}

/** Whoever accepts it, what was judged when it began counts. */
function orderOf({ lifts, mark, release }: RecordStep, { rollout }: Journal): NonNullable<Rollout['order']> {
  const begun = rollout?.release.number === release.number ? (rollout.order ?? {}) : {}
  return { ...begun, ...(lifts === undefined ? {} : { lifts }), ...(mark === undefined ? {} : { mark }) }
}

function pinsAfter({ pin, olderPins = [] }: Journal, lifts: Pin | undefined): Pick<Journal, 'pin' | 'olderPins'> {
  const [first, ...rest] = [...(pin === undefined ? [] : [pin]), ...olderPins].filter(({ id }) => id !== lifts?.id)
  return { ...(first === undefined ? {} : { pin: first }), ...(rest.length === 0 ? {} : { olderPins: rest }) }
}

/** Only what has a record is in it. */
function historyOf(before: Journal, { step, note }: Recording, { clock }: Effects): Journal['history'] {
  const { history } = before
  if (step.isWayBack) return history === undefined ? history : returnedIn(history, before, note)
  const isKnown = history?.some(({ release }) => release.number === note.number) === true
  return isKnown || acceptedBy(step, before) !== undefined ? withAccepted(history ?? [], { release: note, at: clock.date().toISOString() }) : history
}

function returnedIn(history: NonNullable<Journal['history']>, { active, pin }: Journal, { number: to }: ReleaseNote): NonNullable<Journal['history']> {
  const left = active?.release.number
  if (left === undefined) return history
  return withReturn(history, { left, to, reason: pin?.release === left ? pin.reason : 'rolled back' })
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

/** Without a time it stays until the next release; a note about the one that serves changes nothing of that. */
function isKeptWarm({ from, standby }: RecordStep, before: Journal['warm']): boolean {
  return from === undefined ? before === true : standby.type === 'warm' && standby.for === undefined
}

function untilOf({ standby }: RecordStep, { clock }: Effects): string | undefined {
  if (standby.type === 'cold' || standby.for === undefined) return undefined
  return new Date(clock.date().getTime() + standby.for).toISOString()
}
