import { defineInputs, type Values } from '@fairlead/action'
import type { Problem } from '@fairlead/base'
import { clusterInputs } from '@fairlead/kube'
import { appInputs, placeProblems, rolloutInputs } from '@fairlead/rollout'

export const inputs = defineInputs({
  ...appInputs,
  drain: rolloutInputs.drain,
  'rollback-timeout': rolloutInputs['rollback-timeout'],
  'dry-run': { type: 'flag', default: 'false', description: 'Prints the plan, and writes nothing.' },
  ...clusterInputs,
})

export type Inputs = Values<typeof inputs>

/** The rules between inputs. */
export function validateInputs(values: Inputs): readonly Problem[] {
  return placeProblems(values)
}
