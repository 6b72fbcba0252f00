import type { Operation, Report, Run } from '@fairlead/action'
import { deadlineIn, type Deadline, type Transport, type Workspace } from '@fairlead/base'
import { awaitHealthy } from '@fairlead/health'
import { runChecks, unanswered, type CheckResult } from '@fairlead/health/checks'
import { describeReference, type Cluster } from '@fairlead/kube'
import { inputs, validateInputs } from './inputs.ts'
import { describePlan, planHealthCheck, type Plan } from './plan.ts'
import { reportHealth, type HealthCheckOutcome } from './report.ts'
import { respondentsOf, unaskedChecks } from './respondents.ts'
import { resolveTargets, type JudgedObject } from './targets.ts'

/** The outside systems a health check talks to. */
export interface Ports {
  readonly cluster: Cluster
  readonly workspace: Workspace
  readonly web: Transport
}

interface Snapshot {
  readonly targets: readonly JudgedObject[]
  readonly namespace: string
}

/** Judges whether objects are healthy, waits until they are, and says why they are not. Only reads. */
export const healthCheck: Operation<typeof inputs, Ports, Snapshot, Plan, HealthCheckOutcome> = {
  name: 'health-check',
  description:
    'Waits until objects of a Kubernetes cluster are healthy, or says why they are not: the first cause, the log lines that explain it, the line of the manifest.',
  inputs,
  outputs: {
    conclusion: '`success`, `failure` or `cancelled`.',
    verdict: 'The worst state of all objects: `Healthy`, `Suspended`, `Progressing`, `Missing`, `Degraded` or `Unknown`. Empty when they could not be judged.',
    diagnosis: 'The causes of ill health as JSON, the first cause first; `[]` when everything is healthy.',
    report: 'The path of a JSON file with every object, its state, times, events and log lines.',
    fault: 'Why the check could not do its job, such as `INPUT_INVALID`, `ACCESS_DENIED` or `UNAVAILABLE`; empty when it could.',
  },
  validate: validateInputs,
  async observe(values, { ports, host: { signal } }) {
    return { targets: await resolveTargets(values, { ...ports, signal }), namespace: values.namespace ?? ports.cluster.namespace }
  },
  plan: planHealthCheck,
  async execute(plan, run) {
    for (const line of describePlan(plan)) run.say(line)
    const { clock, signal } = run.host
    const started = clock.now()
    const deadline = deadlineIn(clock, plan.timeout)
    const health = await awaitHealthy(run.ports.cluster, plan.targets, {
      clock,
      signal,
      timeout: plan.timeout,
      stability: plan.stability,
      onChange: ({ reference, health }) => run.say(`${describeReference(reference)}: ${health.status}, ${health.message}`),
    })
    const checks = health.status === 'Healthy' ? await askChecks(plan, { run, deadline, health }) : []
    return { health, checks, seconds: (clock.now() - started) / 1_000 }
  },
  report: (plan: Plan, outcome: HealthCheckOutcome): Report => reportHealth(plan, outcome),
}

interface Asking {
  readonly run: Run<Ports>
  readonly deadline: Deadline
  readonly health: HealthCheckOutcome['health']
}

async function askChecks(plan: Plan, { run, deadline, health }: Asking): Promise<readonly CheckResult[]> {
  const respondents = respondentsOf(plan, health.targets)
  const unasked = unaskedChecks(plan, respondents)
  const { clock, signal } = run.host
  const timeout = plan.timeout === 0 ? 0 : Math.max(deadline.remaining(), LEAST_FOR_CHECKS)
  const results = await runChecks(respondents, run.ports, { clock, timeout, signal })
  return [...results, ...unasked.map(unanswered)]
}

/** Health that came at the last moment still leaves its checks the time they need. */
const LEAST_FOR_CHECKS = 10_000
