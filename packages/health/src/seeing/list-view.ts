import { isFault } from '@fairlead/base'
import type { Cluster, Selection } from '@fairlead/kube'
import { EVENTS_DENIED } from './followed-view.ts'
import { surroundingSelections, targetSelections } from './selections.ts'
import type { Target } from '../target.ts'
import { type Source, View } from './view.ts'

interface ListOptions {
  readonly signal?: AbortSignal | undefined
  readonly notes: string[]
}

/** Lists once what is needed to judge some targets. Opens no watch, so the view never changes. */
export async function listView(cluster: Cluster, targets: readonly Target[], options: ListOptions): Promise<View> {
  const view = new View()
  view.add(await Promise.all(targetSelections(targets).map((selection) => list(cluster, selection, options))))
  const around = surroundingSelections(targets, (reference) => view.find(reference))
  const lists = await Promise.all(
    around.map((selection) => (selection.resource.kind === 'Event' ? listEvents(cluster, selection, options) : list(cluster, selection, options))),
  )
  view.add(lists.filter((source) => source !== undefined))
  return view
}

async function list(cluster: Cluster, selection: Selection, { signal }: ListOptions): Promise<Source> {
  const { items } = await cluster.list(selection, { signal })
  return { selection, objects: () => items }
}

async function listEvents(cluster: Cluster, selection: Selection, options: ListOptions): Promise<Source | undefined> {
  try {
    return await list(cluster, selection, options)
  } catch (error) {
    if (!isFault(error, 'ACCESS_DENIED')) throw error
    options.notes.push(EVENTS_DENIED)
    return undefined
  }
}
