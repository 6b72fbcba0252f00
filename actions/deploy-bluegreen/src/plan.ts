import { Fault } from '@fairlead/base'
import { planRelease, releaseNotes, releaseRefusals, type Plan, type Release, type RolloutOptions, type Standing } from '@fairlead/rollout'
import { optionsOf, type Inputs } from './inputs.ts'

/** Everything the decision needs, read once. */
export interface Snapshot {
  readonly namespace: string
  readonly standings: readonly Standing[]
  readonly release: Release
  /** Access modes of the claims that the Pods mount, by name. */
  readonly claims: ReadonlyMap<string, readonly string[]>
}

/** What this run is going to do. */
export interface DeployPlan {
  readonly plan: Plan
  readonly snapshot: Snapshot
  readonly options: RolloutOptions
  readonly dryRun: boolean
}

/** Decides what to do. Throws UNSUPPORTED with everything that keeps the release from being made. */
export function planDeploy(inputs: Inputs, snapshot: Snapshot): DeployPlan {
  const { standings, release, claims } = snapshot
  const options = optionsOf(inputs)
  const plan = planRelease(release, standings, options)
  const pairs = standings.flatMap((standing) => release.apps.filter(({ app }) => app === standing.app).map((app) => ({ standing, app })))
  const problems = plan.steps.length === 0 ? [] : pairs.flatMap(({ standing, app }) => releaseRefusals(standing, { release: app, options, claims }))
  const [first] = problems
  if (first !== undefined)
    throw new Fault('UNSUPPORTED', problems.length === 1 ? first.message : `${problems.length} things are in the way: ${first.message}`, { problems })
  const notes = [...plan.notes, ...pairs.flatMap(({ standing, app }) => releaseNotes(standing, app))]
  return { plan: { ...plan, notes: [...new Set(notes)] }, snapshot, options, dryRun: inputs['dry-run'] }
}
