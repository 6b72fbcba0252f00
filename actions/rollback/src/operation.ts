import type { Operation, Report } from '@fairlead/action'
import type { Transport } from '@fairlead/base'
import type { Cluster } from '@fairlead/kube'
import {
  demandAccess,
  describePlan,
  observeApps,
  placesOf,
  planRollback,
  reportRollout,
  runRollout,
  type RollbackPlan,
  type RolloutOutcome,
  type Standing,
} from '@fairlead/rollout'
import { inputs, validateInputs, type Inputs } from './inputs.ts'
import { reportPlanned, reportRefusal, withLeftRelease } from './report.ts'

/** The outside systems a rollback talks to. */
export interface Ports {
  readonly cluster: Cluster
  readonly web: Transport
}

interface Snapshot {
  readonly namespace: string
  readonly standings: readonly Standing[]
}

interface ReturnPlan {
  readonly plan: RollbackPlan
  readonly snapshot: Snapshot
  readonly inputs: Inputs
}

/** Undefined: nothing was done, since the plan was refused or only asked for. */
type Outcome = RolloutOutcome | undefined

/** Takes apps back: out of a release that is on its way, or to the one before. */
export const rollback: Operation<typeof inputs, Ports, Snapshot, ReturnPlan, Outcome> = {
  name: 'rollback',
  description:
    'Takes an application back to the release before, or out of one that is on its way: one write where the old Pods are still there, otherwise as fast as they start. Refuses where there is nothing to go back to, and changes nothing then.',
  inputs,
  outputs: {
    conclusion: '`success`, `failure` or `cancelled`.',
    release: 'The number of the release that serves now; with several apps, lines of `app=number`.',
    'previous-release': 'The number of the release that was left.',
    'active-slot': 'The slot that serves now: `blue`, `green`, or `adopted` for the Deployment from before.',
    plan: 'The plan as JSON: every step, the proofs it needs.',
    diagnosis: 'Why the way back was refused, as JSON; `[]` when it was not.',
    report: 'The path of a JSON file with every step, its times, proofs and diagnoses.',
    fault: 'Why the action could not do its job, such as `INPUT_INVALID`, `ACCESS_DENIED` or `UNAVAILABLE`; empty when it could.',
  },
  validate: validateInputs,
  async observe(values, { ports: { cluster }, host: { signal, clock } }) {
    const namespace = values.namespace ?? cluster.namespace
    return { namespace, standings: await observeApps(cluster, namespace, { apps: placesOf(values), now: clock.date(), signal }) }
  },
  plan: (values, snapshot) => ({ plan: planRollback(snapshot.standings, optionsOf(values)), snapshot, inputs: values }),
  async execute({ plan, snapshot, inputs: values }, run) {
    const { ports, host } = run
    const say = (line: string) => run.say(line)
    const { namespace, standings } = snapshot
    for (const line of describePlan(plan)) say(line)
    if (plan.refused !== undefined || values['dry-run']) return undefined
    const { clock, signal } = host
    await demandAccess(ports.cluster, namespace, { steps: plan.steps, app: standings[0]?.app ?? 'app', signal })
    say('')
    return await runRollout(plan, standings, { world: { ...ports, clock, signal, namespace, say }, options: optionsOf(values) })
  },
  report({ plan, snapshot }, outcome): Report {
    if (plan.refused !== undefined) return reportRefusal(plan, snapshot.standings)
    return outcome === undefined ? reportPlanned(plan) : withLeftRelease(reportRollout(outcome, snapshot), snapshot.standings)
  },
}

function optionsOf(values: Inputs): Parameters<typeof planRollback>[1] {
  return { rollbackTimeout: values['rollback-timeout'], drain: values.drain }
}
