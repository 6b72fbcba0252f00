/** Every status, from best to worst. The order is the glossary's; `Unknown` is worst because what cannot be read must never pass for what was proven. */
export const HEALTH_STATUSES = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'] as const

/** How an object is. Only `Healthy` lets anything go on. */
export type HealthStatus = (typeof HEALTH_STATUSES)[number]

/** A status and one sentence that says why: lower case, no full stop, without the object's name, which the reader has beside it. */
export interface Health {
  readonly status: HealthStatus
  readonly message: string
}

/** Tells whether `status` is strictly worse than `other`. */
export function isWorse(status: HealthStatus, other: HealthStatus): boolean {
  return HEALTH_STATUSES.indexOf(status) > HEALTH_STATUSES.indexOf(other)
}

/** Picks the worst of some statuses; of none it is `Healthy`. */
export function worst(statuses: Iterable<HealthStatus>): HealthStatus {
  let found: HealthStatus = 'Healthy'
  for (const status of statuses) if (isWorse(status, found)) found = status
  return found
}
