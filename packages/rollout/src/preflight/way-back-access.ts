import type { AccessRule } from '@fairlead/kube'
import type { Step } from '../plan/step.ts'
import { objectAccess } from '../steps/access.ts'

/** What taking a plan back needs beyond carrying it out: deleting what it makes. */
export function wayBackAccess(steps: readonly Step[]): readonly AccessRule[] {
  return steps.flatMap((step) => (step.type === 'prepare' && step.isNew ? objectAccess(step.deployment, ['get', 'delete']) : []))
}
