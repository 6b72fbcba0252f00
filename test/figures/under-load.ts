import { setTimeout as sleep } from 'node:timers/promises'
import { currentCluster } from '@fairlead/bed'
import type { StepRecord } from '@fairlead/bundle'
import { startLoad, type LoadReport } from '@fairlead/load'
import type { Place } from '../cluster/cluster.ts'
import type { Row } from './rows.ts'

/** Milliseconds after a release in which its old Pods go, still under load. */
const AFTERMATH = 4_000
const WARM_UP = 1_000
/** More than any single run sends. */
const MOST = 200_000

/** Something done to an app while users are on it, and what became of their requests. */
export interface Measured<T> {
  readonly result: T
  readonly report: LoadReport
}

/** Does something to an app under load of all four client shapes, each at the same rate, until the old Pods are gone as well. */
export async function underLoad<T>(place: Place, rate: number, act: () => Promise<T>): Promise<Measured<T>> {
  const { FAIRLEAD_INSIDE: inside, FAIRLEAD_BED: bed } = process.env
  const cluster = await currentCluster(inside ?? bed ?? 'default', process.env)
  const url = `http://${await place.kubectl('get', 'service', 'shop', '-o', 'jsonpath={.spec.clusterIP}')}`
  const load = await startLoad(cluster, { url, namespace: place.namespace, rate, most: MOST })
  await sleep(WARM_UP)
  const result = await act()
  await sleep(AFTERMATH)
  return { result, report: await load.stop() }
}

/** What was sent and lost, by shape. */
export function lossRows({ shapes, all }: LoadReport): readonly Row[] {
  const each = Object.entries(shapes).flatMap(([shape, { sent, lost }]): readonly Row[] => [
    { what: `${shape}: sent`, unit: 'requests', value: sent },
    { what: `${shape}: lost`, unit: 'requests', value: lost },
  ])
  return [...each, { what: 'longest gap of one shape', unit: 'ms', value: all.longestGap }]
}

/** One step as the action's own report has it. */
export interface ReportedStep {
  readonly type: string
  readonly at: string | null
  readonly seconds: number
  readonly state: string
}

/** The steps of a run, from the file behind its `report` output. */
export function stepsOf({ temporaryFiles, raw }: StepRecord): readonly ReportedStep[] {
  const file = temporaryFiles.find(({ name }) => name.endsWith('.json'))
  if (file === undefined) throw new Error(`the run has left no report: ${raw}`)
  return (JSON.parse(file.text) as { readonly details: { readonly steps: readonly ReportedStep[] } }).details.steps
}

/** When a step of a kind was over, in Unix milliseconds. */
export function endOf(steps: readonly ReportedStep[], type: string): number {
  const step = steps.findLast((each) => each.type === type)
  if (step?.at === undefined || step.at === null) throw new Error(`expected a step of type ${type}`)
  return Date.parse(step.at) + step.seconds * 1_000
}

/** How long steps of some kinds took in all, in seconds. */
export function secondsOf(steps: readonly ReportedStep[], types: readonly string[]): number {
  return steps.filter(({ type }) => types.includes(type)).reduce((sum, { seconds }) => sum + seconds, 0)
}
