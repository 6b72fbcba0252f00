import type { Operation, Report } from '@fairlead/action'
import type { Transport, Workspace } from '@fairlead/base'
import type { Registry } from '@fairlead/image'
import type { Cluster, Renderer } from '@fairlead/kube'
import { demandAccess, describePlan, observeApps, placesOf, reportRollout, runRollout, type RolloutOutcome, type World } from '@fairlead/rollout'
import { diffPlan, reportDryRun, type DryRun } from './dry-run.ts'
import { inputs, validateInputs } from './inputs.ts'
import { planDeploy, type DeployPlan, type Snapshot } from './plan.ts'
import { readClaims } from './claims.ts'
import { makeRelease, pinImages, readManifests, recognizeServing } from './sources.ts'

/** The outside systems a release talks to. */
export interface Ports {
  readonly cluster: Cluster
  readonly workspace: Workspace
  readonly renderer: Renderer
  readonly registry: Registry
  readonly web: Transport
}

type Outcome = { readonly type: 'rollout'; readonly rollout: RolloutOutcome } | { readonly type: 'dry-run'; readonly run: DryRun }

/** Releases apps into the slot beside the one that serves, proves them there, and only then moves traffic. */
export const deployBlueGreen: Operation<typeof inputs, Ports, Snapshot, DeployPlan, Outcome> = {
  name: 'deploy-bluegreen',
  description:
    'Releases an application of a Kubernetes cluster beside the version that serves: waits until it is healthy, checks it, moves traffic in one write, proves the move, and takes everything back by itself when something is wrong.',
  inputs,
  outputs: {
    conclusion: '`success`, `failure`, `unchanged`, `parked` or `cancelled`.',
    release: 'The number of the release that serves now; with several apps, lines of `app=number`.',
    'previous-release': 'The number of the release that a rollback would lead to; empty where it would be refused.',
    'active-slot': 'The slot that serves now: `blue`, `green`, or `adopted` for the Deployment from before.',
    plan: 'The plan as JSON: every step, the proofs it needs, how it is taken back.',
    diagnosis: 'Why the release was refused, as JSON, the first cause first; `[]` when it was not.',
    report: 'The path of a JSON file with every step, its times, proofs and diagnoses.',
    fault: 'Why the action could not do its job, such as `INPUT_INVALID`, `ACCESS_DENIED` or `UNAVAILABLE`; empty when it could.',
  },
  validate: validateInputs,
  async observe(values, { ports, host: { signal, clock } }) {
    const { cluster, registry } = ports
    const namespace = values.namespace ?? cluster.namespace
    const places = placesOf(values)
    const manifests = await readManifests(values, namespace, { ...ports, signal })
    // Manifests are understood, with everything that is wrong in them, before the cluster is asked anything.
    if (manifests !== undefined) makeRelease(values, places, { manifests, namespace, standings: [] })
    const standings = await observeApps(cluster, namespace, { apps: places, now: clock.date(), signal })
    const pinned = await pinImages(makeRelease(values, places, { manifests, namespace, standings }), registry, { signal })
    const release = manifests === undefined ? recognizeServing(pinned, standings) : pinned
    return { namespace, standings, release, claims: await readClaims(cluster, namespace, { release, signal }) }
  },
  plan: planDeploy,
  async execute({ plan, snapshot, options, dryRun }, run) {
    const { ports, host } = run
    const say = (line: string) => run.say(line)
    const { namespace, standings } = snapshot
    const { cluster, web } = ports
    const { clock, signal } = host
    for (const line of describePlan(plan)) say(line)
    if (dryRun) return { type: 'dry-run', run: await diffPlan(plan, cluster, { signal }) }
    await demandAccess(cluster, namespace, { steps: plan.steps, app: standings[0]?.app ?? 'app', signal })
    say('')
    const world: World = { cluster, web, clock, signal, namespace, say }
    return { type: 'rollout', rollout: await runRollout(plan, standings, { world, options }) }
  },
  report: ({ plan, snapshot }, outcome): Report => (outcome.type === 'dry-run' ? reportDryRun(plan, outcome.run) : reportRollout(outcome.rollout, snapshot)),
}
