import { CAUSES } from '../diagnosis.ts'
import type { TargetHealth } from '../report.ts'

/**
 * Orders the targets that are not Healthy by how much each explains: what is certain before what is not, what comes first in `CAUSES` before what follows
 * from it, and those without a diagnosis last. Targets that explain the same stay in their order.
 */
export function causalOrder(targets: readonly TargetHealth[]): readonly TargetHealth[] {
  return targets.filter(({ health }) => health.status !== 'Healthy').toSorted((a, b) => rank(a) - rank(b))
}

/**
 * Picks the target whose sentence explains the most; undefined when all are Healthy. A line that gives one status and one sentence takes both from it:
 * `HealthReport.status` may be that of another target.
 */
export function firstCause(targets: readonly TargetHealth[]): TargetHealth | undefined {
  return causalOrder(targets)[0]
}

function rank({ diagnosis }: TargetHealth): number {
  if (diagnosis === undefined) return CAUSES.length * 2
  return CAUSES.indexOf(diagnosis.cause) + (diagnosis.certain ? 0 : CAUSES.length)
}
