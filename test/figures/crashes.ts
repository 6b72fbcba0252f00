/** A blow at every write of a release, of one that is taken back, and of two rollbacks, under load. */
import { blowsOf, blowWords, calmly, strike, type Aftermath, type Blow, type Calm } from '../cluster/faults/blow.ts'
import { scenariosFor, type Scenario } from '../cluster/faults/scenarios.ts'
import { prove, type Row } from './rows.ts'

interface Case {
  readonly scenario: Scenario
  readonly calm: Calm
  readonly blow: Blow
}

const cases: Case[] = []
for (const scenario of await scenariosFor('loaded')) {
  const calm = await calmly(scenario)
  const blows = [...blowsOf(calm, 'SIGKILL'), ...blowsOf(calm, 'SIGINT')]
  cases.push(...blows.map((blow) => ({ scenario, calm, blow })))
}
const counted = Map.groupBy(cases, ({ scenario }) => scenario.name)

await prove({
  name: 'crashes',
  title: 'A blow at every write',
  story: `One run is one blow under 50 requests/s of each client shape: a proxy before the API server holds one write, and the bundle's process gets SIGKILL before the server has heard of it or after it has done it, or SIGINT as the runner cancels, after which the write is carried and answered, or done and never answered. Then the same is run again. Every 50 ms somebody looks whether the Service selects a ready Pod, and Pods of one slot only. A run counts as survived only if it always did, no request was lost, the second run ended as if there had been no blow, and nothing was left over. ${[
    ...counted,
  ]
    .map(([name, all]) => `${name}: ${all.length} blows`)
    .join(', ')}.`,
  command: 'npx -y pnpm@12 prove crashes',
  runs: cases.length,
  actions: ['deploy-bluegreen', 'rollback'],
  measure: async (run) => {
    const one = cases[run - 1]
    if (one === undefined) throw new Error(`expected one of ${cases.length} cases, got ${run}`)
    const aftermath = await strike(one.scenario, one.blow, { calm: one.calm, pace: 'loaded' })
    if (aftermath.problems.length > 0) throw new Error(`${one.scenario.name}, ${blowWords(one.blow)}:\n${aftermath.problems.join('\n')}`)
    return rowsOf(one, aftermath)
  },
})

function rowsOf({ scenario, blow }: Case, { sent, lost, looks, leaving, rerun }: Aftermath): readonly Row[] {
  const row = (what: string, unit: string, value: number): Row => ({ what: `${scenario.name}: ${what}`, unit, value })
  return [
    row('sent', 'requests', sent),
    row('lost', 'requests', lost),
    row('looks at the Service', 'looks', looks),
    row('the run after it', 's', rerun / 1_000),
    ...(blow.by === 'SIGINT' ? [row('from SIGINT to the end of the process', 's', leaving / 1_000)] : []),
  ]
}
