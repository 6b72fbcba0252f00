import type { Operation, Report, Run } from '@fairlead/action'
import type { Origin, Transport } from '@fairlead/base'
import type { Cluster } from '@fairlead/kube'
import {
  carryOut,
  describePlan,
  observeApps,
  placesOf,
  planRollback,
  readArchives,
  readLeft,
  reportRollout,
  reportWindUp,
  windUp,
  type Archive,
  type CarriedOut,
  type OpenWorld,
  type RollbackPlan,
  type RunLiveness,
  type Standing,
} from '@fairlead/rollout'
import { inputs, validateInputs, type Inputs } from './inputs.ts'
import { reportPlanned, reportRefusal, withLeftRelease } from './report.ts'

/** The outside systems a rollback talks to. */
export interface Ports {
  readonly cluster: Cluster
  readonly web: Transport
  readonly github: RunLiveness
}

interface Snapshot {
  readonly namespace: string
  readonly standings: readonly Standing[]
  /** What was read of the releases to go back to, by app. */
  readonly archives: ReadonlyMap<string, Archive>
  readonly origin: Origin
}

interface ReturnPlan {
  readonly plan: RollbackPlan
  readonly standings: readonly Standing[]
  readonly snapshot: Snapshot
  readonly inputs: Inputs
}

/** Undefined: nothing was done, since the plan was refused or only asked for. */
type Outcome = CarriedOut<ReturnPlan> | undefined

/** Takes apps back: out of a release that is on its way, to the one before, or to an older one. */
export const rollback: Operation<typeof inputs, Ports, Snapshot, ReturnPlan, Outcome> = {
  name: 'rollback',
  description:
    'Takes an application back to the release before or to an older one, or out of one that is on its way: one write where the old Pods are still there, otherwise as fast as they start. Refuses where there is nothing to go back to, and changes nothing then.',
  inputs,
  outputs: {
    conclusion: '`success`, `failure`, `unchanged` where that release serves already, or `cancelled`.',
    release: 'The number of the release that serves now; with several apps, lines of `app=number`.',
    'previous-release': 'The number of the release that was left.',
    'active-slot': 'The slot that serves now: `blue`, `green`, or `adopted` for the Deployment from before.',
    plan: 'The plan as JSON: every step, the proofs it needs.',
    diagnosis: 'Why the way back was refused, as JSON; `[]` when it was not.',
    report: 'The path of a JSON file with every step, its times, proofs and diagnoses.',
    fault: 'Why the action could not do its job, such as `INPUT_INVALID`, `ACCESS_DENIED` or `UNAVAILABLE`; empty when it could.',
  },
  validate: validateInputs,
  async observe(values, { ports: { cluster }, host: { signal, clock, origin } }) {
    const namespace = values.namespace ?? cluster.namespace
    const standings = await observeApps(cluster, namespace, { apps: placesOf(values), now: clock.date(), signal })
    return { namespace, standings, origin, archives: await readArchives(cluster, standings, { to: values.to, signal }) }
  },
  plan: decide,
  async execute(decision, run) {
    const { plan, snapshot, inputs: values } = decision
    for (const line of describePlan(plan)) run.say(line)
    if (plan.refused !== undefined || values['dry-run']) return undefined
    const { holder, url } = run.host.origin
    const errand = {
      purpose: 'rollback',
      timeout: values['lock-timeout'],
      holder,
      url,
      options: { rollbackTimeout: values['rollback-timeout'] },
      again: async () => decide(values, await rollback.observe(values, run)),
      leave: (text: string) => run.leave(text),
    } as const
    return await carryOut(decision, errand, openWorld(run, snapshot.namespace))
  },
  report(decided, outcome): Report {
    const { plan, standings, snapshot } = outcome?.decision ?? decided
    if (plan.refused !== undefined) return reportRefusal(plan, standings)
    return outcome === undefined ? reportPlanned(plan) : withLeftRelease(reportRollout(outcome.rollout, snapshot), standings)
  },
  async windUp(text, values, run) {
    const left = readLeft(text)
    const options = { lockTimeout: values['lock-timeout'], rollbackTimeout: values['rollback-timeout'] }
    return reportWindUp(await windUp(left, options, openWorld(run, left.namespace)), left)
  },
}

function decide(values: Inputs, snapshot: Snapshot): ReturnPlan {
  const { standings } = snapshot
  return { plan: planRollback(standings, optionsOf(values, snapshot)), standings, snapshot, inputs: values }
}

function openWorld(run: Run<Ports>, namespace: string): OpenWorld {
  const { cluster, web, github: liveness } = run.ports
  const { clock, signal } = run.host
  return { cluster, web, liveness, clock, signal, namespace, say: (line) => run.say(line) }
}

function optionsOf({ to, reason, checks = [], drain, ...values }: Inputs, { archives, origin }: Snapshot): Parameters<typeof planRollback>[1] {
  return { to, reason, checks, drain, archives, actor: origin.actor, rollbackTimeout: values['rollback-timeout'] }
}
