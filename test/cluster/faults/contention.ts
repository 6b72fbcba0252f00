import { setTimeout as sleep } from 'node:timers/promises'
import type { StepRecord } from '@fairlead/bundle'
import { sentenceOf, type Account, type Numbered } from '@fairlead/faults'
import { QUICK, shopManifest } from '../releases/stage.ts'
import { perform, performCalmly, makeBench, type Act, type Bench } from './bench.ts'
import { telling } from './blow.ts'
import { complaintWords, leftovers, pictureOf } from './picture.ts'

/** Two runs on one app. */
export interface Pair {
  readonly name: string
  readonly before: readonly Act[]
  readonly acts: readonly [Act, Act]
}

/** What came of two at once; without problems one came after the other, and both told the truth. */
export interface Contention {
  readonly problems: readonly string[]
  /** What each told, in the order they are in the pair. */
  readonly tellings: readonly string[]
  readonly seconds: number
}

const release = (image: string): Act => ({ action: 'deploy-bluegreen', inputs: { ...QUICK, image: `127.0.0.1:5000/shop:${image}` } })

/** The pairs that are tried. */
export async function pairs(): Promise<readonly Pair[]> {
  const first: Act = { action: 'deploy-bluegreen', inputs: QUICK, manifest: await shopManifest() }
  const back: Act = { action: 'rollback', inputs: { drain: QUICK.drain } }
  return [
    { name: 'two releases', before: [first], acts: [release('2'), release('3')] },
    { name: 'a release and a rollback', before: [first, release('2')], acts: [release('3'), back] },
  ]
}

/** Runs a pair at once in a place of its own, the second so many milliseconds after the first. */
export async function contend({ before, acts }: Pair, offset: number): Promise<Contention> {
  const bench = await makeBench('contention')
  try {
    for (const [at, act] of before.entries()) {
      const { record } = await performCalmly(bench, act, at + 1)
      if (record.exitCode !== 0) throw new Error(record.raw)
    }
    const began = performance.now()
    const sampler = bench.sample()
    const ended = await Promise.all([runOne(bench, acts[0], { run: 300, offset: 0 }), runOne(bench, acts[1], { run: 301, offset })])
    const seconds = (performance.now() - began) / 1_000
    const account = await sampler.stop()
    return {
      problems: [...complaintWords(account.complaints), ...interleaved(ended), ...untrue(ended, account), ...(await unlike(bench, ended))],
      tellings: ended.map(({ record }) => telling(record)),
      seconds,
    }
  } finally {
    await bench.remove()
  }
}

interface Ended {
  readonly act: Act
  readonly run: number
  readonly record: StepRecord
  readonly requests: readonly Numbered[]
  /** Unix milliseconds. */
  readonly at: number
}

async function runOne(bench: Bench, act: Act, { run, offset }: { readonly run: number; readonly offset: number }): Promise<Ended> {
  await sleep(offset)
  const proxy = await bench.proxy()
  try {
    const record = await perform(bench, act, { proxy, run })
    bench.over.add(run)
    return { act, run, record, requests: proxy.requests, at: Date.now() }
  } finally {
    await proxy.close()
  }
}

/** What both have really written, the lock apart, which is there to be fought for: one after the other, not in turns. */
function interleaved(ended: readonly Ended[]): readonly string[] {
  const writes = ended
    .flatMap(({ run, requests }) => requests.filter((one) => one.write && one.resource !== 'leases' && (one.status ?? 500) < 300).map((one) => ({ run, one })))
    .toSorted((a, b) => a.one.at - b.one.at)
  const turns = writes.filter(({ run }, at) => at > 0 && run !== writes[at - 1]?.run).length
  return turns <= 1 ? [] : [`written in turns: ${writes.map(({ run, one }) => `${run} ${sentenceOf(one)}`).join(', ')}`]
}

/** A run says which slot served when it ended. */
function untrue(ended: readonly Ended[], { served }: Account): readonly string[] {
  const SLACK = 300
  return ended.flatMap(({ act, record, at }) => {
    const { conclusion = '' } = record.outputs
    const slot = record.outputs['active-slot'] ?? ''
    if (conclusion === '' || record.exitCode === undefined) return [`${act.action} told nothing: ${record.log.slice(-3).join(' / ')}`]
    if ((conclusion === 'failure' || conclusion === 'cancelled') === (record.exitCode === 0))
      return [`${act.action} told ${conclusion} with exit code ${record.exitCode}`]
    const then = served.filter((entry, n) => entry.at <= at + SLACK && (served[n + 1]?.at ?? Infinity) >= at - SLACK)
    return slot === '' || then.some((entry) => entry.slot === slot)
      ? []
      : [`${act.action} told that ${slot} serves, got ${then.map((entry) => entry.slot).join(' or ')}`]
  })
}

/** The end is what the last one that succeeded says, whole, with nothing on its way. */
async function unlike(bench: Bench, ended: readonly Ended[]): Promise<readonly string[]> {
  const last = ended
    .filter(({ record }) => record.outputs['conclusion'] === 'success')
    .toSorted((a, b) => a.at - b.at)
    .at(-1)
  if (last === undefined) return [`neither succeeded: ${ended.map(({ record }) => `${telling(record)}: ${record.log.slice(-2).join(' / ')}`).join('; ')}`]
  const { selector, deployments, locks, journal } = await pictureOf(bench)
  const slot = selector['fairlead.dev/slot'] ?? ''
  const image = last.act.inputs['image']
  const serving = deployments.filter((words) => !words.includes(' 0 x '))
  const told = last.record.outputs['active-slot']
  const whole = serving.length === 1 && serving[0]?.startsWith(`shop-${slot} 3 x `) === true
  return [
    ...(told === slot ? [] : [`the last to succeed told that ${told} serves, got ${slot}`]),
    ...(whole ? [] : [`expected three Pods of shop-${slot} alone, got ${serving.join(', ')}`]),
    ...(image === undefined || serving.some((words) => words.includes(image)) ? [] : [`expected ${image} to serve, got ${serving.join(', ')}`]),
    ...leftovers({ locks, journal }),
  ]
}
