import type { Report } from '@fairlead/action'
import { describePlan, planData, pointedAt, releaseIn, versionOutputs, type Plan, type Serving, type Standing } from '@fairlead/rollout'
import type { TurnedAway } from './order.ts'

const WORDS = { held: 'Held', superseded: 'Superseded', refused: 'Refused' } as const

/** Tells that a release was not made, since its commit is not the next one: green where something newer serves, or where a rollback has pinned it. */
export function reportTurnedAway(turned: TurnedAway, plan: Plan, standings: readonly Standing[]): Report {
  const journals = new Map(standings.map(({ app, kept }) => [app, kept.journal]))
  const hint = turned.type === 'refused' ? [turned.hint] : []
  return {
    conclusion: turned.type === 'refused' ? 'failure' : turned.type,
    verdict: `${WORDS[turned.type]}: ${turned.text}. Nothing was changed`,
    outputs: {
      ...versionOutputs(standings.map(servingNow), journals),
      plan: JSON.stringify(planData(plan)),
      diagnosis: JSON.stringify([{ cause: turned.type, message: turned.text }]),
    },
    annotations: [
      { level: turned.type === 'refused' ? 'error' : 'warning', title: `deploy-bluegreen: ${turned.type}`, message: [turned.text, ...hint].join('\n') },
    ],
    summary: [
      { type: 'list', items: [...plan.title, ...hint] },
      { type: 'code', title: 'Plan', text: describePlan(plan).join('\n') },
    ],
    details: { plan: planData(plan), turnedAway: turned },
  }
}

function servingNow(standing: Standing): Serving {
  const backend = pointedAt(standing)
  return { app: standing.app, backend, release: backend === undefined ? undefined : releaseIn(standing.kept.journal, backend) }
}
