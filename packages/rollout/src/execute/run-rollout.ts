import { Fault, formatDuration, toFault, type Clock, type Duration, type Transport } from '@fairlead/base'
import type { Cluster, KubeObject } from '@fairlead/kube'
import { readPointer, SLOTS, type Backend } from '@fairlead/traffic'
import type { Journal } from '../journal/index.ts'
import type { RolloutOptions } from '../plan/options.ts'
import { irreversibleAfterMove } from '../plan/irreversible.ts'
import type { Plan } from '../plan/plan.ts'
import type { Step } from '../plan/step.ts'
import { wayBackSteps } from '../plan/way-back.ts'
import { observeApps, pointedAt, type AppPlace, type Standing } from '../standing/index.ts'
import type { Known } from '../steps/fenced.ts'
import type { Effects } from './effects.ts'
import { execute, type Execution } from './execute.ts'
import { Journals } from './journals.ts'

/** The world a rollout works in. */
export interface World {
  readonly cluster: Cluster
  readonly web: Transport
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly namespace: string
  readonly held: Held
  say(line: string): void
}

/** The locks a rollout works under. */
export interface Held {
  /** Names us in them, and in every journal we write. */
  readonly holder: string
  /** The fencing token of an app's lock. */
  token(app: string): number
  /** Aborted with the reason when one of them is not ours any more. */
  readonly lost: AbortSignal
  /** Asks the API server who holds the lock of an app at this moment: a Fault (CONFLICT) that names them, where it is not us. */
  loss(app: string): Promise<Fault | undefined>
  /** Leaves the locks to expire: something may still be on its way, so whoever takes them next has to fence. */
  abandon(): void
}

/** How a rollout went: the plan, and the way back where one was taken. */
export interface RolloutOutcome {
  readonly plan: Plan
  readonly forward: Execution
  /** Taken by itself after a refusal; absent when nothing was to be taken back. */
  readonly wayBack?: Execution
  /** The apps, and where their Services led when the run began. */
  readonly places: readonly (AppPlace & { readonly backend: Backend | undefined })[]
  /** Where they led when it was looked again, after something was refused; absent where nobody looked. */
  readonly seen?: readonly (Backend | undefined)[]
  /** Why it could not be looked again, so that nothing was taken back. */
  readonly unseen?: Fault
  /** Why there is no way back that could be taken by itself: what serves before would not understand what is there now. */
  readonly barred?: string
  /** The journals as the run left them, by app. */
  readonly journals: ReadonlyMap<string, Journal>
  readonly seconds: number
}

/** Carries out a plan; when a step is refused, takes the rollout back by itself. Never throws for what happens after the first step. */
export async function runRollout(
  plan: Plan,
  standings: readonly Standing[],
  { world, options }: { readonly world: World; readonly options: Pick<RolloutOptions, 'rollbackTimeout'> },
): Promise<RolloutOutcome> {
  const began = world.clock.now()
  const seconds = () => (world.clock.now() - began) / 1_000
  const forward = await executeIn(world, plan, standings)
  const told = { plan, places: placesOf(standings), forward: forward.execution }
  if (forward.execution.ended === 'overtaken') return { ...told, ...(await lastLook(world, standings, forward.journals)), seconds: seconds() }
  if (!isReasonToGoBack(forward.execution)) return { ...told, journals: forward.journals, seconds: seconds() }
  const now = await look(world, standings)
  if (now instanceof Fault) return { ...told, unseen: now, journals: forward.journals, seconds: seconds() }
  const seen = now.map(pointedAt)
  const own = now.filter((standing) => forward.undisturbed(standing) && isUnderOwnToken(standing, world.held))
  const barred = own.flatMap((standing) => irreversibleAfterMove(standing) ?? [])
  if (barred.length > 0) return { ...told, seen, barred: barred.join('; '), journals: journalsOf(now), seconds: seconds() }
  const steps = wayBackSteps(own, options)
  if (steps.length === 0) return { ...told, seen, journals: journalsOf(now), seconds: seconds() }
  world.say('')
  world.say('taking it back:')
  const wayBack = await executeIn(world, { steps, budget: options.rollbackTimeout }, now)
  return { ...told, seen, wayBack: wayBack.execution, journals: wayBack.journals, seconds: seconds() }
}

/** How things stand that are not ours to change any more; what this run knew last, where it cannot be seen. */
async function lastLook(world: World, standings: readonly Standing[], known: RolloutOutcome['journals']): Promise<Pick<RolloutOutcome, 'seen' | 'journals'>> {
  const now = await look(world, standings)
  return now instanceof Fault ? { journals: known } : { seen: now.map(pointedAt), journals: journalsOf(now) }
}

/** What was seen to be bad is; what could not be seen is not. Once one app of a release has arrived and is written down, taking back the others would leave two releases. */
function isReasonToGoBack({ ended, records }: Execution): boolean {
  const arrived = records.some(({ step, state }) => step.type === 'record' && state === 'done' && isLast(step, records))
  return (ended === 'refused' || ended === 'broken') && !arrived
}

/** Tells a record of this release from one that writes down what an earlier run has left, before anything else is begun. */
function isLast({ app }: { readonly app: string }, records: Execution['records']): boolean {
  const begun = records.findLastIndex(({ step }) => step.type === 'begin' && step.app === app)
  const written = records.findLastIndex(({ step }) => step.type === 'record' && step.app === app)
  return begun < written
}

function journalsOf(standings: readonly Standing[]): ReadonlyMap<string, Journal> {
  const kept = standings.filter((standing) => standing.kept.resourceVersion !== undefined)
  return new Map(kept.map((standing) => [standing.app, standing.kept.journal]))
}

/** Whoever takes over writes a greater token to the pointer before anything else: what it leads to is theirs to say from then on. */
function isUnderOwnToken({ app, service }: Standing, held: Held): boolean {
  const move = service === undefined ? undefined : readPointer(service).move
  return Number.parseInt(move ?? '0', 10) <= held.token(app)
}

/** Reads again how the apps stand. A Fault where even that is not possible: then nothing is decided, and the report says why. */
async function look({ cluster, namespace, clock }: World, standings: readonly Standing[]): Promise<readonly Standing[] | Fault> {
  try {
    return await observeApps(cluster, namespace, { apps: placesOf(standings), now: clock.date() })
  } catch (error) {
    return toFault(error)
  }
}

function placesOf(standings: readonly Standing[]): RolloutOutcome['places'] {
  return standings.map((standing) => ({ app: standing.app, service: standing.serviceName, backend: pointedAt(standing) }))
}

interface Executed {
  readonly execution: Execution
  /** Tells whether nobody else has written the journal of an app since. */
  readonly undisturbed: (now: Standing) => boolean
  readonly journals: ReadonlyMap<string, Journal>
}

/** Steps, and the time they have together; without one, each has its own. */
interface Course {
  readonly steps: readonly Step[]
  readonly budget?: Duration
}

async function executeIn(world: World, { steps, budget }: Course, standings: readonly Standing[]): Promise<Executed> {
  const over = new AbortController()
  const late = lateAfter(budget, world.clock, over.signal)
  const effects = effectsFor(world, late, standings)
  const { journals } = effects
  try {
    const execution = await execute(steps, effects)
    if (execution.ended === 'complete') await journals.rest().catch(() => undefined)
    return { execution, journals: journals.all(), undisturbed: ({ app, kept }) => journals.isUndisturbed(app, kept) }
  } finally {
    over.abort()
    for (const { proof } of effects.moves.values()) proof.close()
  }
}

/** A signal that is aborted once the budget is used up. */
function lateAfter(budget: Duration | undefined, clock: Clock, over: AbortSignal): AbortSignal {
  const controller = new AbortController()
  if (budget === undefined) return controller.signal
  const abort = () =>
    controller.abort(
      new Fault('UNAVAILABLE', `the way back did not end within ${formatDuration(budget)}`, {
        hint: 'Both slots are left as they are: go on by hand, or run it again.',
      }),
    )
  clock.sleep(budget, over).then(abort, () => undefined)
  return controller.signal
}

function effectsFor(world: World, late: AbortSignal, standings: readonly Standing[]): Effects {
  const { cluster, namespace, clock, held, signal } = world
  const byName = new Map(standings.map((standing) => [standing.app, standing]))
  const services = standings.flatMap(({ app, service }): readonly (readonly [string, KubeObject])[] => (service === undefined ? [] : [[app, service]]))
  return {
    ...world,
    say: (line) => world.say(line),
    signal: AbortSignal.any([signal, held.lost, late]),
    lost: held.lost,
    loss: (app) => held.loss(app),
    abandon: () => held.abandon(),
    late,
    journals: new Journals(
      { cluster, namespace, clock, holder: held.holder, token: (app) => held.token(app) },
      new Map(standings.map(({ app, kept }) => [app, kept])),
    ),
    standing(app) {
      const standing = byName.get(app)
      if (standing === undefined) throw new TypeError(`${app} is not part of this rollout`)
      return standing
    },
    services: new Map(services),
    moves: new Map(),
    results: new Map(),
    running: new Map(),
    known: new Map(standings.flatMap(knownOf)),
    generations: new Map(),
  }
}

function knownOf({ slots }: Standing): readonly (readonly [string, Known])[] {
  return SLOTS.flatMap((slot) => {
    const object = slots[slot]?.object
    return object === undefined ? [] : [[object.metadata.name, { uid: object.metadata.uid, version: object.metadata.resourceVersion }] as const]
  })
}
