import { Fault } from '@fairlead/base'
import { missingAccess, roleYaml, type AccessRule, type Cluster } from '@fairlead/kube'
import { FENCE_ACCESS, lockAccess } from '../lock/index.ts'
import type { Step } from '../plan/step.ts'
import { wayBackAccess } from './way-back-access.ts'
import { accessOf } from '../steps/index.ts'

/**
 * Asks, once and before the first write, whether this account may do everything a plan and its way back need. Throws one ACCESS_DENIED with every rule that is missing, as a Role to apply:
 * a release that stops halfway for want of a right has moved people for nothing.
 */
export async function demandAccess(
  cluster: Cluster,
  namespace: string,
  { steps, apps, signal }: { readonly steps: readonly Step[]; readonly apps: readonly string[]; readonly signal: AbortSignal },
): Promise<void> {
  if (steps.length === 0) return
  const needed: readonly AccessRule[] = [...apps.flatMap(lockAccess), ...FENCE_ACCESS, ...steps.flatMap(accessOf), ...wayBackAccess(steps)]
  const missing = await missingAccess(
    cluster,
    needed.map((rule) => ({ ...rule, namespace })),
    { signal },
  )
  if (missing.length === 0) return
  throw new Fault(
    'ACCESS_DENIED',
    `namespace "${namespace}": this account lacks rights that the release of ${apps.join(', ')} needs, expected ${describe(missing)}`,
    {
      hint: `Apply this Role and bind it to the account:\n${roleYaml({ name: `fairlead-${apps[0] ?? 'app'}`, namespace, rules: missing })}`,
    },
  )
}

function describe(rules: readonly AccessRule[]): string {
  return rules.map(({ verbs, resource }) => `${verbs.join(', ')} on ${resource}`).join('; ')
}
