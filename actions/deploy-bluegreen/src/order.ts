import type { SourceCommit } from '@fairlead/base'
import { askOrder, companionsOf, planRelease, type OrderVerdict, type Release, type SourceHistory, type Standing } from '@fairlead/rollout'
import { optionsOf, type Inputs } from './inputs.ts'

/** Why a release is not made although nothing is wrong with it. */
export type TurnedAway = Exclude<OrderVerdict, { readonly type: 'go' }>

interface Asking {
  readonly history: SourceHistory
  readonly source: SourceCommit | undefined
  readonly signal: AbortSignal
}

/** Asks, for every app that would be released, whether its commit may follow the newest one that ever was. What serves already is not asked about. */
export async function askOrders(
  values: Inputs,
  { release, standings }: { readonly release: Release; readonly standings: readonly Standing[] },
  { history, source, signal }: Asking,
): Promise<ReadonlyMap<string, OrderVerdict>> {
  const orders = new Map<string, OrderVerdict>()
  if (planRelease(release, standings, optionsOf(values)).steps.length === 0) return orders
  const companions = companionsOf(release)
  for (const { app, kept } of standings) {
    const { journal } = kept
    const wanted = release.apps.find((each) => each.app === app)
    if (wanted === undefined) continue
    const request = {
      journal,
      release: { ...wanted, ...(companions === undefined ? {} : { companions }) },
      source,
      onDiverged: values['on-diverged'],
      replace: values.replace,
      unpin: values.unpin,
      continuing: journal.rollout?.release.identity === wanted.identity,
    }
    orders.set(app, await askOrder(request, history, { signal }))
  }
  return orders
}

/** The first reason there is: several apps go together or not at all. */
export function turnedAway(orders: ReadonlyMap<string, OrderVerdict>): TurnedAway | undefined {
  for (const verdict of orders.values()) if (verdict.type !== 'go') return verdict
  return undefined
}
