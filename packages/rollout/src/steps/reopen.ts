import { isFault } from '@fairlead/base'
import { LABELS, moveService, POINTER_MANAGER, readPointer } from '@fairlead/traffic'
import type { KubeObject } from '@fairlead/kube'
import type { Effects, StepKind } from '../execute/effects.ts'
import type { ReopenStep } from '../plan/step.ts'
import { POINTER_ACCESS } from './access.ts'

/** Gives the Service back the selector its user wrote, and takes our label off. Only once no Pod of the candidate is left: the wider selector would reach it. */
export const reopen: StepKind<ReopenStep> = {
  describe: ({ service }) => `give Service ${service} its own selector back`,
  access: () => POINTER_ACCESS,
  async execute({ app }, effects) {
    const { cluster, services, journals } = effects
    const service = services.get(app)
    if (service === undefined) return { ok: true, text: 'the Service is gone' }
    const { adoption, rollout } = journals.of(app)
    // What was there when this rollout began; an adoption that never arrived began with the user's own.
    const base = rollout?.selector ?? adoption?.selector ?? {}
    const move = await journals.nextMove(app)
    try {
      services.set(app, await withoutLabel(await moveService(cluster, service, { to: undefined, base, move }), effects))
    } catch (error) {
      if (!isFault(error, 'NOT_FOUND')) throw error
      return { ok: true, text: 'the Service is gone' }
    }
    return { ok: true, text: 'as its user wrote it' }
  },
}

async function withoutLabel(service: KubeObject, { cluster }: Effects): Promise<KubeObject> {
  const { reference, move } = readPointer(service)
  const path = `/metadata/labels/${LABELS.move.replaceAll('/', '~1')}`
  const operations = [
    { op: 'test' as const, path, value: move },
    { op: 'remove' as const, path },
  ]
  return await cluster.patch(reference, operations, { manager: POINTER_MANAGER })
}
