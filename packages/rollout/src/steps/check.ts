import type { Effects, StepKind } from '../execute/effects.ts'
import { describeCheck, runChecks, unanswered, type Check, type CheckResult, type Respondent } from '@fairlead/health/checks'
import { healthyPods, type PodName } from '@fairlead/health'
import type { CheckStep } from '../plan/step.ts'
import { workloadName } from '../standing/index.ts'
import { checkAccess } from './access.ts'

/** Asks every healthy Pod of the candidates, one by one, before any user does. */
export const check: StepKind<CheckStep> = {
  describe: ({ checks, health }) =>
    `check ${health.targets.map(({ app, backend }) => workloadName(app, backend)).join(', ')}: ${checks.map(describeCheck).join('; ')}`,
  access: ({ checks }) => checkAccess(checks, 'pods'),
  async execute(step, effects) {
    const { checks, health } = step
    const pods = podsOf(step, effects)
    const results = await ask(checks, pods, { effects, timeout: health.timeout })
    const failed = results.find(({ passed }) => !passed)
    if (failed !== undefined) return { ok: false, text: `${failed.respondent} failed ${failed.check}: ${failed.reason ?? 'no reason given'}`, checks: results }
    return { ok: true, text: `${pods.length} ${pods.length === 1 ? 'Pod' : 'Pods'} passed`, checks: results }
  },
}

interface Asking {
  readonly effects: Effects
  readonly timeout: number
}

async function ask(checks: readonly Check[], pods: readonly PodName[], { effects, timeout }: Asking): Promise<readonly CheckResult[]> {
  const { cluster, web, clock, signal } = effects
  const respondents = checks.flatMap((each) =>
    pods.map((pod): Respondent => ({ check: each, name: `Pod "${pod.namespace}/${pod.name}"`, where: { type: 'proxy', target: 'pods', ...pod } })),
  )
  const results = await runChecks(respondents, { cluster, web }, { clock, timeout, signal })
  return pods.length === 0 ? checks.map(unanswered) : results
}

/** The healthy Pods that the wait has seen: the very ones that are about to serve, and none of those beside them. */
function podsOf({ health }: CheckStep, { results }: Effects): readonly PodName[] {
  const judged = results.get(health)?.health?.targets ?? []
  return judged.slice(0, health.targets.length).flatMap(({ tree }) => tree.flatMap(healthyPods))
}
