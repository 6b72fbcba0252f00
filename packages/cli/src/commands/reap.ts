import { defineInputs, type Operation, type Report, type Run, type Values } from '@fairlead/action'
import { openTransport, type Transport } from '@fairlead/base'
import { clusterInputs, connectionOf, type Cluster } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import {
  appInputs,
  carryOut,
  describePlan,
  observeApps,
  placeProblems,
  placesOf,
  planData,
  planReap,
  reportRollout,
  rolloutInputs,
  orderInputs,
  type CarriedOut,
  type OpenWorld,
  type Plan,
  type RunLiveness,
  type Standing,
} from '@fairlead/rollout'
import { appNames } from '../standing/app-names.ts'
import { command } from './command.ts'
import { openGitHubFor } from './github.ts'

const inputs = defineInputs({
  app: { ...appInputs.app, description: 'The app to settle; several may be given. Absent, all apps of the namespace that Fairlead has released.' },
  service: appInputs.service,
  timeout: rolloutInputs.timeout,
  stability: rolloutInputs.stability,
  settle: rolloutInputs.settle,
  soak: rolloutInputs.soak,
  drain: rolloutInputs.drain,
  'rollback-timeout': rolloutInputs['rollback-timeout'],
  'lock-timeout': { ...rolloutInputs['lock-timeout'], default: '2m' },
  'github-token': orderInputs['github-token'],
  'dry-run': { type: 'flag', default: 'false', description: 'Prints the plan, and writes nothing.' },
  ...clusterInputs,
})

type Inputs = Values<typeof inputs>

interface Ports {
  readonly cluster: Cluster
  readonly web: Transport
  readonly github: RunLiveness
}

interface Snapshot {
  readonly namespace: string
  readonly standings: readonly Standing[]
}

interface ReapPlan {
  readonly plan: Plan
  readonly standings: readonly Standing[]
  readonly snapshot: Snapshot
  readonly inputs: Inputs
}

/** Undefined: only asked for. */
type Outcome = CarriedOut<ReapPlan> | undefined

/** Brings to an end what runs that vanished have left on their way. */
export const reapOperation: Operation<typeof inputs, Ports, Snapshot, ReapPlan, Outcome> = {
  name: 'reap',
  description:
    'Settles what a run that was killed has left: a release that has no users yet is taken back, one they are on is watched for the rest of its time and accepted, a standby whose time is over is retired. What is parked, or worked on by a run that lives, is left alone.',
  inputs,
  outputs: { conclusion: '`success`, `unchanged`, `failure` or `cancelled`.' },
  validate: (values) => (values.app.length === 0 ? [] : placeProblems(values)),
  async observe(values, { ports: { cluster }, host: { signal, clock } }) {
    const namespace = values.namespace ?? cluster.namespace
    const app = values.app.length > 0 ? values.app : await appNames(cluster, namespace, { signal })
    const apps = app.length === 0 ? [] : placesOf({ ...values, app })
    return { namespace, standings: await observeApps(cluster, namespace, { apps, now: clock.date(), signal }) }
  },
  plan: decide,
  async execute(decision, run) {
    const { plan, snapshot, inputs: values } = decision
    for (const line of describePlan(plan)) run.say(line)
    if (values['dry-run']) return undefined
    const { holder, url } = run.host.origin
    const errand = {
      purpose: 'reap',
      timeout: values['lock-timeout'],
      holder,
      url,
      options: { rollbackTimeout: values['rollback-timeout'] },
      again: async () => decide(values, await reapOperation.observe(values, run)),
      leave: (text: string) => run.leave(text),
    } as const
    return await carryOut(decision, errand, openWorld(run, snapshot.namespace))
  },
  report({ plan }, outcome): Report {
    if (outcome === undefined) return planned(plan)
    return reportRollout(outcome.rollout, outcome.decision.snapshot)
  },
}

function decide(values: Inputs, snapshot: Snapshot): ReapPlan {
  const { standings } = snapshot
  const { timeout, stability, settle, soak, drain } = values
  const options = { timeout, stability, settle, soak, drain, rollbackTimeout: values['rollback-timeout'] }
  // Only what has something to be settled is locked: an app that is being released is nobody's to wait for.
  const concerned = standings.filter((standing) => planReap([standing], options).steps.length > 0)
  return { plan: planReap(concerned.length === 0 ? standings : concerned, options), standings: concerned, snapshot, inputs: values }
}

function planned(plan: Plan): Report {
  return {
    conclusion: plan.nothing === undefined ? 'success' : 'unchanged',
    verdict: plan.nothing === undefined ? `Dry run: ${plan.steps.length} steps; nothing was written` : `Dry run: ${plan.nothing}`,
    outputs: { plan: JSON.stringify(planData(plan)) },
    annotations: [],
    summary: [{ type: 'code', title: 'Plan', text: describePlan(plan).join('\n') }],
    details: { plan: planData(plan) },
  }
}

function openWorld(run: Run<Ports>, namespace: string): OpenWorld {
  const { cluster, web, github: liveness } = run.ports
  const { clock, signal } = run.host
  return { cluster, web, liveness, clock, signal, namespace, say: (line) => run.say(line) }
}

/** `fairlead reap`. */
export const reap = command({
  name: 'reap',
  summary: 'settles what a run that was killed has left behind',
  operation: reapOperation,
  connect: async (values, host) => ({
    cluster: await connectCluster(connectionOf(values), host),
    web: openTransport({ environment: host.environment }),
    github: openGitHubFor(values, host),
  }),
})
