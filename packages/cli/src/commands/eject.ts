import { defineInputs, type Operation, type Report, type Run, type Values } from '@fairlead/action'
import { formatDuration, isFault, openTransport, toFault, type Transport } from '@fairlead/base'
import { forbiddenAddress } from '@fairlead/health/checks'
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
  planEject,
  planStay,
  pointedAt,
  reportRollout,
  rolloutInputs,
  type CarriedOut,
  type Decision,
  type EjectPlan,
  type Errand,
  type OpenWorld,
  type RolloutOutcome,
  type RunLiveness,
  type Standing,
} from '@fairlead/rollout'
import { command } from './command.ts'
import { openGitHubFor } from './github.ts'

const { checks, url, timeout, stability, settle, soak, drain } = rolloutInputs

const inputs = defineInputs({
  app: { ...appInputs.app, description: 'The app that is to leave: `web`.' },
  service: appInputs.service,
  checks,
  url,
  timeout,
  stability,
  settle,
  soak: { ...soak, default: '10s', description: 'How long the plain Deployment is watched under its users before the slots are emptied.' },
  drain,
  'rollback-timeout': rolloutInputs['rollback-timeout'],
  'lock-timeout': rolloutInputs['lock-timeout'],
  'dry-run': { type: 'flag', default: 'false', description: 'Prints the plan and what will be gone, and writes nothing.' },
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

interface Ejection extends Decision {
  readonly plan: EjectPlan
  readonly inputs: Inputs
  readonly namespace: string
}

/** Undefined: nothing was done, since the plan was refused or only asked for. */
type Outcome = CarriedOut<Ejection> | undefined

/** Takes apps out of Fairlead again, under load. What is refused on the way is taken back by itself while the slot that served is whole. */
export const ejectOperation: Operation<typeof inputs, Ports, Snapshot, Ejection, Outcome> = {
  name: 'eject',
  description:
    "Takes an app out of Fairlead: back to one plain Deployment and Service of the user's own names, while users are on it. The slots, the records, the journal and the lock are gone afterwards, and every way back with them.",
  inputs,
  outputs: {
    conclusion: '`success`, `failure` or `cancelled`.',
    plan: 'The plan as JSON: every step, the proofs it needs, how it is taken back.',
    diagnosis: 'Why it was refused, as JSON; `[]` when it was not.',
    fault: 'Why it could not be done, such as `ACCESS_DENIED` or `UNAVAILABLE`; empty when it could.',
  },
  validate: (values) => [
    ...placeProblems(values),
    ...(values.app.length > 1 ? [{ message: `input "app": expected one app to leave at a time, got ${values.app.join(', ')}` }] : []),
  ],
  async observe(values, { ports: { cluster }, host: { signal, clock } }) {
    const namespace = values.namespace ?? cluster.namespace
    return { namespace, standings: await observeApps(cluster, namespace, { apps: placesOf(values), now: clock.date(), signal }) }
  },
  plan: decide,
  async execute(decision, run) {
    const { plan, namespace, inputs: values } = decision
    for (const line of [...describePlan(plan), ...plan.notes]) run.say(line)
    if (plan.refused !== undefined || values['dry-run']) return undefined
    const { holder, url: seenAt } = run.host.origin
    const errand: Errand<Ejection> = {
      purpose: 'eject',
      timeout: values['lock-timeout'],
      holder,
      url: seenAt,
      options: { rollbackTimeout: values['rollback-timeout'] },
      again: async () => decide(values, await ejectOperation.observe(values, run)),
      // What is left halfway is a safe place, and gone on from by whoever comes next.
      leave: () => undefined,
    }
    const carried = await carryOut(decision, errand, openWorld(run, namespace))
    const { ended } = carried.rollout.forward
    return ended === 'refused' || ended === 'broken' ? { ...carried, rollout: await stay(carried, errand, run) } : carried
  },
  report(decided, outcome): Report {
    const { plan, namespace } = outcome?.decision ?? decided
    if (plan.refused !== undefined) return reportRefusal(plan, plan.refused)
    return outcome === undefined ? reportPlanned(plan) : reportEjection(outcome.rollout, namespace)
  },
}

/** `fairlead eject`. */
export const eject = command({
  name: 'eject',
  summary: 'takes an app out of Fairlead: back to a plain Deployment and Service',
  operation: ejectOperation,
  connect: async (values, host) => ({
    cluster: await connectCluster(connectionOf(values), host),
    web: openTransport({ environment: host.environment, forbid: (address) => forbiddenAddress(address, false) }),
    github: openGitHubFor(values, host),
  }),
})

function decide(values: Inputs, { namespace, standings }: Snapshot): Ejection {
  return { plan: planEject(standings, { ...values, checks: values.checks ?? [] }), standings, inputs: values, namespace }
}

/** Brings users back into the slot they were about to leave; what keeps it from that is told with the rest. */
async function stay({ decision, rollout }: CarriedOut<Ejection>, errand: Errand<Ejection>, run: Run<Ports>): Promise<RolloutOutcome> {
  const { inputs: values, namespace } = decision
  const look = async (): Promise<Ejection> => {
    const { standings } = await ejectOperation.observe(values, run)
    return { ...decision, standings, plan: planStay(standings, errand.options) }
  }
  try {
    const back = await look()
    if (back.plan.steps.length === 0) return rollout
    run.say('taking it back:')
    for (const line of describePlan(back.plan)) run.say(line)
    const { rollout: returned } = await carryOut(back, { ...errand, again: look }, openWorld(run, namespace))
    return { ...rollout, wayBack: returned.forward, seen: back.standings.map(pointedAt), journals: returned.journals }
  } catch (error) {
    if (isFault(error, 'BUG')) throw error
    return { ...rollout, unseen: toFault(error) }
  }
}

function openWorld(run: Run<Ports>, namespace: string): OpenWorld {
  const { ports, host } = run
  const { cluster, web, github: liveness } = ports
  const { clock, signal } = host
  return { cluster, web, liveness, clock, signal, namespace, say: (line) => run.say(line) }
}

function reportEjection(rollout: RolloutOutcome, namespace: string): Report {
  const report = reportRollout(rollout, { namespace })
  const { forward, places, seconds } = rollout
  if (forward.ended !== 'complete') return report
  const own = places.map(({ app, service }) => `Deployment ${app} and Service ${service}`).join(', ')
  const left = forward.records.filter(({ step }) => step.type === 'forget').map(({ result }) => result?.text ?? '')
  return {
    ...report,
    verdict: `Ejected after ${formatDuration(seconds * 1_000)}: ${own} of namespace ${namespace} are the user's own again; ${left.join('; ')}`,
  }
}

function reportRefusal(plan: EjectPlan, reason: string): Report {
  return {
    conclusion: 'failure',
    verdict: `Refused: ${reason}. Nothing was changed`,
    outputs: { plan: JSON.stringify(planData(plan)), diagnosis: JSON.stringify([{ cause: 'no-way-out', message: reason }]) },
    annotations: [{ level: 'error', title: 'eject: nothing was changed', message: reason }],
    summary: [{ type: 'list', items: plan.title }],
    details: { plan: planData(plan), refused: reason },
  }
}

function reportPlanned(plan: EjectPlan): Report {
  return {
    conclusion: 'success',
    verdict: `Dry run: ${plan.steps.length} steps; nothing was written`,
    outputs: { plan: JSON.stringify(planData(plan)), diagnosis: '[]' },
    annotations: [],
    summary: [
      { type: 'code', title: 'Plan', text: describePlan(plan).join('\n') },
      { type: 'list', items: plan.notes },
    ],
    details: { plan: planData(plan) },
  }
}
