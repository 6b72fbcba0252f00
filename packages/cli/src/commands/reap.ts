import { defineInputs, type Operation, type Report, type Run, type Values } from '@fairlead/action'
import { isFault, openTransport, type Transport } from '@fairlead/base'
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
  reapGroups,
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

/** What is settled together. */
interface ReapDecision {
  readonly plan: Plan
  readonly standings: readonly Standing[]
}

interface ReapPlan {
  readonly namespace: string
  readonly groups: readonly ReapDecision[]
  readonly inputs: Inputs
}

/** What came of one group; the text says why it was left alone. */
type Settled = { readonly type: 'carried'; readonly carried: CarriedOut<ReapDecision> } | { readonly type: 'left'; readonly text: string }

/** Undefined: only asked for. */
type Outcome = readonly Settled[] | undefined

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
  plan: (values, { namespace, standings }) => ({ namespace, groups: reapGroups(standings).map((group) => decide(values, group)), inputs: values }),
  async execute({ namespace, groups, inputs: values }, run) {
    const settled: Settled[] = []
    for (const group of groups) {
      for (const line of describePlan(group.plan)) run.say(line)
      if (!values['dry-run']) settled.push(await settle(group, values, { run, namespace }))
    }
    return values['dry-run'] ? undefined : settled
  },
  report: ({ namespace, groups }, settled): Report => (settled === undefined ? planned(groups) : told(settled, namespace)),
}

function decide(values: Inputs, standings: readonly Standing[]): ReapDecision {
  const { timeout, stability, settle: settling, soak, drain } = values
  return { plan: planReap(standings, { timeout, stability, settle: settling, soak, drain, rollbackTimeout: values['rollback-timeout'] }), standings }
}

/** A lock that is not to be had belongs to a run that lives: what it works on is no leftover. */
async function settle(decision: ReapDecision, values: Inputs, { run, namespace }: { readonly run: Run<Ports>; readonly namespace: string }): Promise<Settled> {
  const { holder, url } = run.host.origin
  const { clock, signal } = run.host
  const apps = decision.standings.map(({ app, serviceName: service }) => ({ app, service }))
  const errand = {
    purpose: 'reap',
    timeout: values['lock-timeout'],
    holder,
    url,
    options: { rollbackTimeout: values['rollback-timeout'] },
    again: async () => decide(values, await observeApps(run.ports.cluster, namespace, { apps, now: clock.date(), signal })),
    leave: (text: string) => run.leave(text),
  } as const
  try {
    return { type: 'carried', carried: await carryOut(decision, errand, openWorld(run, namespace)) }
  } catch (error) {
    if (!isFault(error, 'CONFLICT')) throw error
    return { type: 'left', text: `${apps.map(({ app }) => app).join(', ')} was left alone: ${error.message}` }
  }
}

/** One report of all: the worst is its conclusion. */
function told(settled: readonly Settled[], namespace: string): Report {
  const reports = settled.flatMap((each) => (each.type === 'carried' ? [reportRollout(each.carried.rollout, { namespace })] : []))
  const left = settled.flatMap((each) => (each.type === 'left' ? [each.text] : []))
  const conclusions = reports.map(({ conclusion }) => conclusion)
  const [worst = 'unchanged'] = (['failure', 'cancelled', 'success', 'parked'] as const).filter((each) => conclusions.includes(each))
  const done = reports.filter(({ conclusion }) => conclusion !== 'unchanged')
  return {
    conclusion: worst,
    verdict: [...done.map(({ verdict }) => verdict), ...left].join('; ') || 'Unchanged: nothing was left behind',
    outputs: {},
    annotations: reports.flatMap(({ annotations }) => annotations),
    summary: done.flatMap(({ summary }) => summary),
    details: { groups: reports.map(({ details }) => details), left },
  }
}

function planned(groups: readonly ReapDecision[]): Report {
  const plans = groups.map(({ plan }) => plan)
  const steps = plans.reduce((sum, plan) => sum + plan.steps.length, 0)
  return {
    conclusion: steps === 0 ? 'unchanged' : 'success',
    verdict: steps === 0 ? 'Dry run: nothing was left behind' : `Dry run: ${steps} steps; nothing was written`,
    outputs: { plan: JSON.stringify(plans.map(planData)) },
    annotations: [],
    summary: plans.map((plan) => ({ type: 'code', title: 'Plan', text: describePlan(plan).join('\n') })),
    details: { plans: plans.map(planData) },
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
