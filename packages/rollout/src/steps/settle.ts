import { formatDuration } from '@fairlead/base'
import type { StepKind } from '../execute/effects.ts'
import type { SettleStep } from '../plan/step.ts'

/** Waits, and says that it only waited: nodes and proxies follow the control plane without telling. */
export const settle: StepKind<SettleStep> = {
  describe: ({ duration }) => `settle ${formatDuration(duration)}: nodes and proxies follow`,
  access: () => [],
  async execute({ duration }, { clock, signal }) {
    await clock.sleep(duration, signal)
    return { ok: true, text: 'waited' }
  },
}
