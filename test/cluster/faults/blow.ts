import { setTimeout as sleep } from 'node:timers/promises'
import { currentCluster } from '@fairlead/bed'
import type { RunningStep, StepRecord } from '@fairlead/bundle'
import { sentenceOf, type Numbered } from '@fairlead/faults'
import { startLoad } from '@fairlead/load'
import { hasPost, makeBench, perform, performCalmly, type Bench } from './bench.ts'
import { complaintWords, differences, pictureOf, type Picture } from './picture.ts'
import type { Pace, Scenario } from './scenarios.ts'

/** A write of a run: what it asks, and for the how manieth time. */
export interface Point {
  readonly sentence: string
  readonly again: number
  /** Whether the Service was told to move by an earlier write of the run. */
  readonly moved: boolean
}

/** A blow to a run: where, and what hits its process. */
export interface Blow {
  readonly point: Point
  /**
   * Before the API server has heard of the write, or after it has done it. A run that is only cancelled lives on: its write then goes
   * to the server and is answered (`before`), or was done and is never answered (`after`).
   */
  readonly side: 'before' | 'after'
  readonly by: 'SIGKILL' | 'SIGINT'
}

/** How a scenario goes with nobody in its way, and what the same run tells when it is started again after that. */
export interface Calm {
  readonly points: readonly Point[]
  readonly tellings: readonly string[]
  readonly pictures: readonly Picture[]
}

/** What came of a blow; without problems it was survived. */
export interface Aftermath {
  readonly problems: readonly string[]
  readonly looks: number
  readonly sent: number
  readonly lost: number
  /** Milliseconds from SIGINT to the end of the process; 0 after a kill. */
  readonly leaving: number
  /** Milliseconds of the run that came after. */
  readonly rerun: number
}

/** Milliseconds between a move and the last node that follows it. */
const NODES_FOLLOW = 4_000
const LADDER_TERM = 7_500

/** Does a scenario twice in a place of its own: the first time shows its writes, the second what a run after the end tells. */
export async function calmly(scenario: Scenario): Promise<Calm> {
  const bench = await ready(scenario)
  try {
    const first = await performCalmly(bench, scenario.act, 100)
    const once = await pictureOf(bench)
    const second = await performCalmly(bench, scenario.act, 101)
    const writes = first.requests.filter(({ nth }) => nth > 0)
    const move = writes.findIndex(({ resource, name }) => resource === 'services' && name === 'shop')
    return {
      points: writes.map((asked, at) => ({ sentence: sentenceOf(asked), again: asked.again, moved: move >= 0 && at > move })),
      tellings: [telling(first.record), telling(second.record)],
      pictures: [once, await pictureOf(bench)],
    }
  } finally {
    await bench.remove()
  }
}

/** Every blow that a scenario can be dealt by one signal. */
export function blowsOf({ points }: Calm, by: Blow['by']): readonly Blow[] {
  return points.flatMap((point) => (['before', 'after'] as const).map((side) => ({ point, side, by })))
}

/** `SIGKILL before apply deployments shop-green (1)` */
export function blowWords({ point, side, by }: Blow): string {
  return `${by} ${side} ${point.sentence} (${point.again})`
}

/** Deals a blow to a scenario in a place of its own, runs the same again, and says what was not as it must be. */
export async function strike(scenario: Scenario, blow: Blow, { calm, pace }: { readonly calm: Calm; readonly pace: Pace }): Promise<Aftermath> {
  const bench = await ready(scenario)
  try {
    const sampler = bench.sample()
    const users = await usersOn(bench, pace)
    const hit = await hitBy(bench, { scenario, blow })
    const between = await pictureOf(bench)
    const { record } = await performCalmly(bench, scenario.act, 201)
    const { sent, lost, problems } = await users.leave()
    const { looks, complaints } = await sampler.stop()
    const woundUpBadly = blow.by === 'SIGINT' && scenario.act.action === 'deploy-bluegreen' ? woundUp(blow, between) : []
    const unlike = converged({ record, picture: await pictureOf(bench), calm })
    const all = [...hit.problems, ...woundUpBadly, ...complaintWords(complaints), ...problems, ...unlike]
    return { problems: all, looks, sent, lost, leaving: hit.leaving, rerun: record.milliseconds }
  } finally {
    await bench.remove()
  }
}

/** What a run tells of how it ended, without what differs from run to run. */
export function telling({ exitCode, outputs }: StepRecord): string {
  return `exit ${exitCode}, ${outputs['conclusion'] ?? 'no conclusion'}${(outputs['fault'] ?? '') === '' ? '' : ` ${outputs['fault']}`}, ${outputs['active-slot'] ?? ''}`
}

async function ready({ name, before }: Scenario): Promise<Bench> {
  const bench = await makeBench(name.replaceAll(' ', '-'))
  try {
    for (const [at, act] of before.entries()) {
      const { record } = await performCalmly(bench, act, at + 1)
      if (record.exitCode !== 0) throw new Error(record.raw)
    }
    return bench
  } catch (error) {
    await bench.remove()
    throw error
  }
}

interface Hit {
  readonly problems: readonly string[]
  readonly leaving: number
}

async function hitBy(bench: Bench, { scenario, blow }: { readonly scenario: Scenario; readonly blow: Blow }): Promise<Hit> {
  const proxy = await bench.proxy()
  const { promise: started, resolve: start } = Promise.withResolvers<{ readonly step: RunningStep; readonly began: number }>()
  const isPoint = (asked: Numbered) => asked.nth > 0 && sentenceOf(asked) === blow.point.sentence && asked.again === blow.point.again
  const rule = proxy.when(isPoint, { kind: 'hold', side: blow.side })
  try {
    const running = perform(bench, scenario.act, { proxy, run: 200, post: blow.by === 'SIGINT', onStart: (step) => start({ step, began: performance.now() }) })
    const struck = await Promise.race([rule.struck, running.then(() => undefined)])
    const { step, began } = await started
    const at = performance.now() - began
    if (struck !== undefined && blow.by === 'SIGKILL') step.kill('SIGKILL')
    if (struck !== undefined && blow.by === 'SIGINT') {
      step.cancel()
      if (blow.side === 'before') rule.release()
    }
    const record = await running
    bench.over.add(200)
    if (struck === undefined) return { problems: [`never came to ${blow.point.sentence} (${blow.point.again}): ${telling(record)}`], leaving: 0 }
    if (blow.by === 'SIGKILL') return { problems: record.signal === 'SIGKILL' ? [] : [`it was not killed: ${telling(record)}`], leaving: 0 }
    const leaving = record.milliseconds - at
    return { problems: await leftWell(scenario, record, leaving), leaving }
  } finally {
    await proxy.close()
  }
}

async function leftWell({ act }: Scenario, record: StepRecord, leaving: number): Promise<readonly string[]> {
  return [
    ...(record.signal === undefined ? [] : [`it had to be ended by ${record.signal}`]),
    ...(leaving < LADDER_TERM ? [] : [`it left ${Math.round(leaving)} ms after SIGINT, expected less than ${LADDER_TERM}`]),
    ...((await hasPost(act.action)) ? [] : [`${act.action} has no post entry`]),
    ...(record.post === undefined || record.post.exitCode === 0 ? [] : [`post ended with ${record.post.exitCode ?? record.post.signal}`]),
  ]
}

/** A cancelled release: before its move nothing of it is left running, after it it stays. The move itself may be either. */
function woundUp({ point, side }: Blow, { selector, deployments }: Picture): readonly string[] {
  const slot = selector['fairlead.dev/slot']
  const isMove = point.sentence.endsWith('services shop') && point.again === 1
  if (isMove && side === 'before') return []
  if (point.moved || isMove) return slot === 'green' ? [] : [`cancelled after the move: expected green to serve, got ${slot}`]
  const candidate = deployments.filter((words) => words.startsWith('shop-green ') && !words.startsWith('shop-green 0 '))
  return [
    ...(slot === 'blue' ? [] : [`cancelled before the move: expected blue to serve, got ${slot}`]),
    ...candidate.map((words) => `cancelled before the move: expected shop-green at 0, got ${words}`),
  ]
}

function converged({ record, picture, calm }: { readonly record: StepRecord; readonly picture: Picture; readonly calm: Calm }): readonly string[] {
  const told = telling(record)
  const expected = calm.tellings.includes(told)
    ? []
    : [`the run after it told ${told}, expected ${calm.tellings.join(' or ')}: ${record.log.slice(-4).join(' / ')}`]
  // A run that changes nothing takes no lock, and writes nothing: that of one which is dead expires by itself.
  const seen = record.outputs['conclusion'] === 'unchanged' ? { ...picture, locks: [] } : picture
  const [first = [], ...others] = calm.pictures.map((one) => differences(one, seen))
  return others.some((lines) => lines.length === 0) ? expected : [...expected, ...first.map((line) => `left over, ${line}`)]
}

interface Users {
  leave(): Promise<{ readonly sent: number; readonly lost: number; readonly problems: readonly string[] }>
}

/** Puts users on an app, from when every node leads to it until the last one follows the last move. */
async function usersOn(bench: Bench, pace: Pace): Promise<Users> {
  if (pace === 'quick') return { leave: async () => ({ sent: 0, lost: 0, problems: [] }) }
  const { FAIRLEAD_INSIDE: inside, FAIRLEAD_BED: bed } = process.env
  const cluster = await currentCluster(inside ?? bed ?? 'default', process.env)
  const url = `http://${await bench.kubectl('get', 'service', 'shop', '-o', 'jsonpath={.spec.clusterIP}')}`
  await sleep(NODES_FOLLOW)
  const load = await startLoad(cluster, { url, namespace: bench.namespace, rate: 50, most: 200_000 })
  return {
    leave: async () => {
      await sleep(NODES_FOLLOW)
      const { sent, lost, byClass } = (await load.stop()).all
      return { sent, lost, problems: lost === 0 ? [] : [`lost ${lost} of ${sent} requests: ${JSON.stringify(byClass)}`] }
    },
  }
}
