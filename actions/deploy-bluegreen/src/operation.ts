import type { Operation, Report, Run } from '@fairlead/action'
import type { Transport, Workspace } from '@fairlead/base'
import type { Registry } from '@fairlead/image'
import type { Cluster, Renderer } from '@fairlead/kube'
import {
  carryOut,
  describePlan,
  observeApps,
  placesFor,
  placesOf,
  readLeft,
  reportRollout,
  reportWindUp,
  windUp,
  type CarriedOut,
  type OpenWorld,
  type RunLiveness,
  type SourceHistory,
} from '@fairlead/rollout'
import { diffPlan, reportDryRun, type DryRun } from './dry-run.ts'
import { inputs, validateInputs } from './inputs.ts'
import { planDeploy, type DeployPlan, type Snapshot } from './plan.ts'
import { readClaims } from './claims.ts'
import { askOrders } from './order.ts'
import { reportTurnedAway } from './turned-away.ts'
import { makeRelease, pinImages, readManifests, recognizeServing } from './sources.ts'

/** The outside systems a release talks to. */
export interface Ports {
  readonly cluster: Cluster
  readonly workspace: Workspace
  readonly renderer: Renderer
  readonly registry: Registry
  readonly web: Transport
  readonly github: RunLiveness & SourceHistory
}

type Outcome = { readonly type: 'rollout'; readonly carried: CarriedOut<DeployPlan> } | { readonly type: 'dry-run'; readonly run: DryRun }

/** Releases apps into the slot beside the one that serves, proves them there, and only then moves traffic. */
export const deployBlueGreen: Operation<typeof inputs, Ports, Snapshot, DeployPlan, Outcome> = {
  name: 'deploy-bluegreen',
  description:
    'Releases an application of a Kubernetes cluster beside the version that serves: waits until it is healthy, checks it, moves traffic in one write, proves the move, and takes everything back by itself when something is wrong.',
  inputs,
  outputs: {
    conclusion: '`success`, `failure`, `unchanged`, `parked`, `superseded` by a newer commit, `held` by a pin, or `cancelled`.',
    release: 'The number of the release that serves now; with several apps, lines of `app=number`.',
    'previous-release': 'The number of the release that a rollback would lead to; empty where it would be refused.',
    'active-slot': 'The slot that serves now: `blue`, `green`, or `adopted` for the Deployment from before.',
    plan: 'The plan as JSON: every step, the proofs it needs, how it is taken back.',
    diagnosis: 'Why the release was refused, as JSON, the first cause first; `[]` when it was not.',
    report: 'The path of a JSON file with every step, its times, proofs and diagnoses.',
    fault: 'Why the action could not do its job, such as `INPUT_INVALID`, `ACCESS_DENIED` or `UNAVAILABLE`; empty when it could.',
  },
  validate: validateInputs,
  async observe(values, { ports, host: { signal, clock, origin } }) {
    const { cluster, registry } = ports
    const namespace = values.namespace ?? cluster.namespace
    const places = placesOf(values)
    const manifests = await readManifests(values, namespace, { ...ports, signal })
    // Manifests are understood, with everything that is wrong in them, before the cluster is asked anything.
    const known = manifests === undefined ? undefined : makeRelease(values, places, { manifests, namespace, standings: [] })
    const standings = await observeApps(cluster, namespace, { apps: placesFor(places, known), now: clock.date(), signal })
    const pinned = await pinImages(makeRelease(values, places, { manifests, namespace, standings }), registry, { signal })
    const release = manifests === undefined ? recognizeServing(pinned, standings) : pinned
    const run = { ...origin, ...(values.source === undefined ? {} : { source: values.source }) }
    const orders = await askOrders(values, { release, standings }, { history: ports.github, source: run.source, signal })
    return { namespace, standings, release, orders, origin: run, claims: await readClaims(cluster, namespace, { release, signal }) }
  },
  plan: planDeploy,
  async execute(decision, run) {
    const { plan, snapshot, options, inputs: values } = decision
    const { ports, host } = run
    for (const line of describePlan(plan)) run.say(line)
    if (values['dry-run']) return { type: 'dry-run', run: await diffPlan(plan, ports.cluster, host) }
    const { holder, url } = host.origin
    const errand = {
      purpose: 'release',
      timeout: values['lock-timeout'],
      holder,
      url,
      options,
      again: async () => planDeploy(values, await deployBlueGreen.observe(values, run)),
      leave: (text: string) => run.leave(text),
    } as const
    return { type: 'rollout', carried: await carryOut(decision, errand, openWorld(run, snapshot.namespace)) }
  },
  report({ plan }, outcome): Report {
    if (outcome.type === 'dry-run') return reportDryRun(plan, outcome.run)
    const { decision, rollout } = outcome.carried
    if (decision.turned !== undefined) return reportTurnedAway(decision.turned, decision.plan, decision.standings)
    return reportRollout(rollout, decision.snapshot)
  },
  async windUp(text, values, run) {
    const left = readLeft(text)
    const options = { lockTimeout: values['lock-timeout'], rollbackTimeout: values['rollback-timeout'] }
    return reportWindUp(await windUp(left, options, openWorld(run, left.namespace)), left)
  },
}

function openWorld(run: Run<Ports>, namespace: string): OpenWorld {
  const { cluster, web, github: liveness } = run.ports
  const { clock, signal } = run.host
  return { cluster, web, liveness, clock, signal, namespace, say: (line) => run.say(line) }
}
