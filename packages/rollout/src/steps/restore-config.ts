import { isFault, SUITE } from '@fairlead/base'
import type { StepKind } from '../execute/effects.ts'
import type { RestoreConfigStep } from '../plan/step.ts'
import { objectAccess } from './access.ts'
import { describeConfig, originalOf, ownConfigs } from './own-config.ts'

/** Makes configuration under its user's own names again. What is there is never overwritten. */
export const restoreConfig: StepKind<RestoreConfigStep> = {
  describe: ({ copies }) =>
    `copy ${copies.map(({ kind, name }) => `${kind} ${name}`).join(', ')} back to ${copies.length === 1 ? "its user's own name, unless that is" : "their user's own names, unless those are"} taken`,
  writesAhead: true,
  access: ({ copies }) => copies.flatMap(({ kind }) => objectAccess({ apiVersion: 'v1', kind }, ['get', 'create'])),
  async execute({ app, copies }, effects) {
    const missing = (await ownConfigs(app, copies, effects)).filter(({ original }) => original === 'missing')
    for (const each of missing) {
      try {
        await effects.cluster.create(originalOf(each), { manager: SUITE.fieldManager })
      } catch (error) {
        // Somebody was faster; what it says is looked at before it is read from.
        if (!isFault(error, 'CONFLICT')) throw error
      }
    }
    const names = missing.map(({ copy, name }) => describeConfig({ kind: copy.kind as 'ConfigMap' | 'Secret', name }, effects.namespace))
    return { ok: true, text: missing.length === 0 ? 'nothing was missing' : `made ${names.join(', ')}` }
  },
}
