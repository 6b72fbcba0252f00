import { Fault } from '@fairlead/base'
import {
  planRelease,
  type OrderVerdict,
  releaseNotes,
  releaseRefusals,
  type Plan,
  type Release,
  type RolloutOptions,
  type RunOrigin,
  type Standing,
} from '@fairlead/rollout'
import { optionsOf, type Inputs } from './inputs.ts'
import { turnedAway, type TurnedAway } from './order.ts'

/** Everything the decision needs, read once. */
export interface Snapshot {
  readonly namespace: string
  readonly standings: readonly Standing[]
  readonly release: Release
  /** Access modes of the claims that the Pods mount, by name. */
  readonly claims: ReadonlyMap<string, readonly string[]>
  /** Whether the release may follow what was released, by app. */
  readonly orders: ReadonlyMap<string, OrderVerdict>
  /** Who releases, and what from. */
  readonly origin: RunOrigin
}

/** What this run is going to do. */
export interface DeployPlan {
  readonly plan: Plan
  readonly standings: readonly Standing[]
  readonly snapshot: Snapshot
  readonly options: RolloutOptions
  readonly inputs: Inputs
  /** Why the release is not made, although nothing is wrong with it. */
  readonly turned?: TurnedAway
}

/** Decides what to do. Throws UNSUPPORTED with everything that keeps the release from being made. */
export function planDeploy(inputs: Inputs, snapshot: Snapshot): DeployPlan {
  const { standings, release, claims, orders } = snapshot
  const turned = turnedAway(orders)
  if (turned !== undefined) return turnAway(inputs, snapshot, turned)
  const options = { ...optionsOf(inputs), origin: snapshot.origin, orders: acceptedOrders(orders) }
  const plan = planRelease(release, standings, options)
  const pairs = standings.flatMap((standing) => release.apps.filter(({ app }) => app === standing.app).map((app) => ({ standing, app })))
  const problems = plan.steps.length === 0 ? [] : pairs.flatMap(({ standing, app }) => releaseRefusals(standing, { release: app, options, claims }))
  const [first] = problems
  if (first !== undefined)
    throw new Fault('UNSUPPORTED', problems.length === 1 ? first.message : `${problems.length} things are in the way: ${first.message}`, { problems })
  const notes = [...plan.notes, ...pairs.flatMap(({ standing, app }) => releaseNotes(standing, app))]
  return { plan: { ...plan, notes: [...new Set(notes)] }, standings, snapshot, options, inputs }
}

/** What becomes of pins and marks once the release is accepted. */
function acceptedOrders(orders: ReadonlyMap<string, OrderVerdict>): NonNullable<RolloutOptions['orders']> {
  return new Map([...orders].flatMap(([app, order]) => (order.type === 'go' ? [[app, order] as const] : [])))
}

/** What nobody could tell is a fault; what somebody said is an answer. */
function turnAway(inputs: Inputs, snapshot: Snapshot, turned: TurnedAway): DeployPlan {
  if (turned.type === 'refused' && turned.fault !== undefined) throw new Fault(turned.fault, turned.text, { hint: turned.hint })
  const options = optionsOf(inputs)
  const { standings, release } = snapshot
  const { title } = planRelease(release, standings, options)
  return { plan: { title, steps: [], notes: [], nothing: turned.text }, standings, snapshot, options, inputs, turned }
}
