import type { Plan } from '../plan/plan.ts'
import type { RolloutOptions } from '../plan/options.ts'
import { demandAccess } from '../preflight/index.ts'
import { describePlan } from '../report/describe-plan.ts'
import { pointedAt, type AppPlace, type Standing } from '../standing/index.ts'
import { runRollout, type RolloutOutcome } from './run-rollout.ts'
import { underLock, type LockQuestion, type OpenWorld } from './under-lock.ts'
import { leftText } from './wind-up.ts'

/** What is to be done, and how the apps stood when that was decided. */
export interface Decision {
  readonly plan: Plan
  readonly standings: readonly Standing[]
}

/** On whose behalf a decision is carried out. */
export interface Errand<D extends Decision> extends Omit<LockQuestion, 'standings'> {
  readonly options: Pick<RolloutOptions, 'rollbackTimeout'>
  /** Looks and decides again: somebody else was at work since the first time. */
  again(): Promise<D>
  /** Keeps what a run that is killed would leave; empty, nothing. */
  leave(text: string): void
}

/** What was decided in the end, and what came of it. */
export interface CarriedOut<D extends Decision> {
  readonly decision: D
  readonly rollout: RolloutOutcome
}

/**
 * Carries a decision out under the locks of its apps: access is asked for first, a plan that another run has outdated is made again, and what a killed run would leave is kept before the first
 * effect. A plan without steps takes no lock. Throws what keeps it from beginning, CONFLICT when a lock is not to be had in time.
 */
export async function carryOut<D extends Decision>(first: D, errand: Errand<D>, open: OpenWorld): Promise<CarriedOut<D>> {
  const { plan, standings } = first
  if (plan.steps.length === 0) return { decision: first, rollout: untouched(first) }
  await demand(first, open)
  open.say('')
  return await underLock({ ...errand, standings }, open, async ({ world, stale }) => {
    const decision = stale ? await decideAgain(errand, open) : first
    if (decision.plan.steps.length === 0) return { decision, rollout: untouched(decision) }
    errand.leave(leftText({ namespace: open.namespace, apps: placesOf(decision.standings), holder: errand.holder }))
    const rollout = await runRollout(decision.plan, decision.standings, { world, options: errand.options })
    if (isSettled(rollout)) errand.leave('')
    return { decision, rollout }
  })
}

async function decideAgain<D extends Decision>(errand: Errand<D>, open: OpenWorld): Promise<D> {
  const decision = await errand.again()
  open.say('another run was at work in between, so the plan is made again:')
  for (const line of describePlan(decision.plan)) open.say(line)
  open.say('')
  await demand(decision, open)
  return decision
}

async function demand({ plan: { steps }, standings }: Decision, { cluster, namespace, signal }: OpenWorld): Promise<void> {
  await demandAccess(cluster, namespace, { steps, apps: standings.map(({ app }) => app), signal })
}

function untouched({ plan, standings }: Decision): RolloutOutcome {
  return {
    plan,
    forward: { ended: 'complete', records: [] },
    places: standings.map((standing) => ({ app: standing.app, service: standing.serviceName, backend: pointedAt(standing) })),
    journals: new Map(standings.map(({ app, kept }) => [app, kept.journal])),
    seconds: 0,
  }
}

function placesOf(standings: readonly Standing[]): readonly AppPlace[] {
  return standings.map(({ app, serviceName: service }) => ({ app, service }))
}

/** Nothing is on its way any more, in either direction, or it is parked. */
function isSettled({ journals }: RolloutOutcome): boolean {
  return [...journals.values()].every(({ rollout, returning }) => rollout?.state !== 'running' && returning !== true)
}
