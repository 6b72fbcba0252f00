import { milliseconds, type Duration } from '@fairlead/base'
import type { Standing } from '../standing/index.ts'

/** What is left of a soak that an earlier run has begun: the time that release was watched without a complaint counts. Several apps soak together, so the least of them does. */
export function restOf(standings: readonly Standing[], soak: Duration): Duration {
  const soaked = standings.length === 0 ? 0 : Math.min(...standings.map(({ kept }) => kept.journal.rollout?.soaked ?? 0))
  return milliseconds(Math.max(0, soak - soaked))
}
