import { Fault, toFault, type Clock, type Transport } from '@fairlead/base'
import type { Cluster, KubeObject } from '@fairlead/kube'
import type { Backend } from '@fairlead/traffic'
import type { Journal } from '../journal/index.ts'
import type { RolloutOptions } from '../plan/options.ts'
import type { Plan } from '../plan/plan.ts'
import type { Step } from '../plan/step.ts'
import { wayBackSteps } from '../plan/way-back.ts'
import { observeApps, pointedAt, type AppPlace, type Standing } from '../standing/index.ts'
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
  say(line: string): void
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
  const forward = await executeIn(world, plan.steps, standings)
  const told = { plan, places: placesOf(standings), forward: forward.execution }
  if (!isReasonToGoBack(forward.execution)) return { ...told, journals: forward.journals, seconds: seconds() }
  const now = await look(world, standings)
  if (now instanceof Fault) return { ...told, unseen: now, journals: forward.journals, seconds: seconds() }
  const seen = now.map(pointedAt)
  const steps = wayBackSteps(ownOf(now, forward.undisturbed), options)
  if (steps.length === 0) return { ...told, seen, journals: journalsOf(now), seconds: seconds() }
  world.say('')
  world.say('taking it back:')
  const wayBack = await executeIn(world, steps, now)
  return { ...told, seen, wayBack: wayBack.execution, journals: wayBack.journals, seconds: seconds() }
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

/** A rollout that another run has written to meanwhile is that run's. */
function ownOf(standings: readonly Standing[], undisturbed: Executed['undisturbed']): readonly Standing[] {
  return standings.filter(undisturbed)
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

async function executeIn(world: World, steps: readonly Step[], standings: readonly Standing[]): Promise<Executed> {
  const effects = effectsFor(world, standings)
  try {
    const execution = await execute(steps, effects)
    const { journals } = effects
    return { execution, journals: journals.all(), undisturbed: ({ app, kept }) => journals.isUndisturbed(app, kept) }
  } finally {
    for (const { proof } of effects.moves.values()) proof.close()
  }
}

function effectsFor(world: World, standings: readonly Standing[]): Effects {
  const { cluster, namespace } = world
  const byName = new Map(standings.map((standing) => [standing.app, standing]))
  const services = standings.flatMap(({ app, service }): readonly (readonly [string, KubeObject])[] => (service === undefined ? [] : [[app, service]]))
  return {
    ...world,
    say: (line) => world.say(line),
    journals: new Journals(cluster, namespace, new Map(standings.map(({ app, kept }) => [app, kept]))),
    standing(app) {
      const standing = byName.get(app)
      if (standing === undefined) throw new TypeError(`${app} is not part of this rollout`)
      return standing
    },
    services: new Map(services),
    moves: new Map(),
    results: new Map(),
    running: new Map(),
    generations: new Map(),
  }
}
