import type { StepKind } from '../execute/effects.ts'
import { workloadName } from '../standing/index.ts'
import type { ScaleStep } from '../plan/step.ts'
import { DEPLOYMENT_ACCESS } from './access.ts'
import { scaleAdopted, scaleDeployment } from './scaling.ts'

/** Brings the Pods of a release back that was kept at zero. */
export const scale: StepKind<ScaleStep> = {
  describe: ({ app, backend, replicas }) => `scale ${workloadName(app, backend)} to ${replicas}`,
  undo: ({ app, backend, before }) => `scale ${workloadName(app, backend)} to ${before}`,
  access: () => DEPLOYMENT_ACCESS,
  async execute({ app, backend, replicas }, effects) {
    await (backend.type === 'slot' ? scaleDeployment : scaleAdopted)(workloadName(app, backend), replicas, effects)
    return { ok: true, text: `${replicas} asked for` }
  },
}
