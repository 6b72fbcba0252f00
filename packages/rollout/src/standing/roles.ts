import { valueAt, type StringMap } from '@fairlead/kube'
import { backendOf, sameBackend, SLOTS, type Backend, type SlotName } from '@fairlead/traffic'
import { selectorIn } from './selector-in.ts'
import type { Active, Standing, Workload } from './standing.ts'

/** Answers what the pointer leads to; undefined while it leads to no backend of ours, as a user's own selector does. */
export function pointedAt({ service }: Standing): Backend | undefined {
  return service === undefined ? undefined : backendOf(selectorIn(service))
}

/** Answers the Deployment behind a backend. */
export function workloadOf({ slots, plain }: Pick<Standing, 'slots' | 'plain'>, backend: Backend): Workload | undefined {
  return backend.type === 'slot' ? slots[backend.slot] : plain
}

/** Answers what serves now, as the pointer says, if it is there. */
export function activeOf(standing: Standing): Active | undefined {
  const backend = pointedAt(standing)
  const workload = backend === undefined ? undefined : workloadOf(standing, backend)
  return backend === undefined || workload === undefined ? undefined : { backend, workload }
}

/** Tells whether a Deployment of the user's own serves behind a Service that was never narrowed. */
export function isToBeAdopted(standing: Standing): boolean {
  const { service, plain, kept } = standing
  return service !== undefined && plain !== undefined && pointedAt(standing) === undefined && kept.journal.active === undefined
}

/** Chooses the slot a new release goes to: where it is already on its way, else beside what serves, else blue. */
export function candidateSlot(standing: Standing): SlotName {
  const { rollout, active } = standing.kept.journal
  if (rollout !== undefined) return rollout.slot
  const backend = pointedAt(standing) ?? active?.backend
  return SLOTS.find((slot) => !sameBackend(backend, { type: 'slot', slot })) ?? 'blue'
}

/** Names a backend for people: `blue`, or `the Deployment that was there before`. */
export function describeBackend(backend: Backend | undefined): string {
  if (backend === undefined) return 'nothing'
  return backend.type === 'slot' ? backend.slot : 'the Deployment from before'
}

/** The name of the Deployment behind a backend of an app. */
export function workloadName(app: string, backend: Backend): string {
  return backend.type === 'slot' ? `${app}-${backend.slot}` : app
}

/** The labels of the Pods of a workload, as its template has them. */
export function podLabels({ object }: Pick<Workload, 'object'>): StringMap {
  return (valueAt(object, ['spec', 'template', 'metadata', 'labels']) ?? {}) as StringMap
}
