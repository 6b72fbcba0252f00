import { describeCheck } from '@fairlead/health/checks'
import { formatDuration, type Duration } from '@fairlead/base'
import { describeReference } from '@fairlead/kube'
import type { Inputs } from './inputs.ts'
import type { CheckPlan } from './respondents.ts'
import type { JudgedObject } from './targets.ts'

/** What a run is going to do; everything in it is known before the first wait. */
export interface Plan extends CheckPlan {
  readonly targets: readonly JudgedObject[]
  readonly timeout: Duration
  readonly stability: Duration
}

/** Decides what to wait for and whom to ask. */
export function planHealthCheck(inputs: Inputs, snapshot: { readonly targets: readonly JudgedObject[]; readonly namespace: string }): Plan {
  return {
    targets: snapshot.targets,
    timeout: inputs.timeout,
    stability: inputs.stability,
    checks: inputs.checks ?? [],
    services: inputs.service.map(({ name, namespace = snapshot.namespace }) => ({ name, namespace })),
    ...(inputs.url === undefined ? {} : { url: inputs.url }),
  }
}

const MOST_NAMED = 10

/** Writes a plan as the lines that are printed before anything happens. */
export function describePlan({ targets, timeout, checks }: Plan): readonly string[] {
  const names = targets.slice(0, MOST_NAMED).map(({ reference }) => describeReference(reference))
  const rest = targets.length > MOST_NAMED ? [`and ${targets.length - MOST_NAMED} more`] : []
  const wait = timeout === 0 ? 'judge' : `wait up to ${formatDuration(timeout)} for`
  return [`${wait} ${[...names, ...rest].join(', ')}`, ...checks.map((check) => `then check ${describeCheck(check)}`)].map(
    (line, index) => ` ${index + 1}  ${line}`,
  )
}
