import type { StepRecord } from '@fairlead/bundle'
import { QUICK, shopManifest } from '../releases/stage.ts'
import { makeBench, perform, performCalmly, type Act, type Bench } from './bench.ts'
import { telling } from './blow.ts'
import type { FaultCase } from './fault-cases.ts'
import { complaintWords, leftovers, pictureOf } from './picture.ts'

/** What came of a fault; without problems it was survived. */
export interface Endured {
  readonly problems: readonly string[]
  readonly told: string
  readonly seconds: number
}

/** Releases 2 over 1 while something goes wrong, and the same again with nobody in the way where that did not carry it through. */
export async function endure({ ends, inputs = {}, arrange }: FaultCase): Promise<Endured> {
  const bench = await makeBench('faults')
  try {
    const first = await performCalmly(bench, { action: 'deploy-bluegreen', inputs: QUICK, manifest: await shopManifest() }, 1)
    if (first.record.exitCode !== 0) throw new Error(first.record.raw)
    const act: Act = { action: 'deploy-bluegreen', inputs: { ...QUICK, image: '127.0.0.1:5000/shop:2', ...inputs } }
    const sampler = bench.sample()
    const { record, disturbance } = await disturbed(bench, act, arrange)
    const untold = await untrue(bench, record)
    const well = record.outputs['conclusion'] === 'success'
    const again = well ? undefined : (await performCalmly(bench, act, 3)).record
    const { complaints } = await sampler.stop()
    const problems = [
      ...disturbance,
      ...(well || ends === 'well or told' ? [] : [`it told ${telling(record)}, expected success: ${record.log.slice(-3).join(' / ')}`]),
      ...untold,
      ...complaintWords(complaints),
      ...(again === undefined || again.exitCode === 0 ? [] : [`the same again told ${telling(again)}: ${again.log.slice(-3).join(' / ')}`]),
      ...(await leftOver(bench)),
    ]
    return { problems, told: `${telling(record)}${again === undefined ? '' : `, then ${telling(again)}`}`, seconds: record.milliseconds / 1_000 }
  } finally {
    await bench.remove()
  }
}

interface Disturbed {
  readonly record: StepRecord
  readonly disturbance: readonly string[]
}

async function disturbed(bench: Bench, act: Act, arrange: FaultCase['arrange']): Promise<Disturbed> {
  const proxy = await bench.proxy()
  try {
    const doing = arrange({ proxy, bench }).then(
      () => [],
      (error: Error) => [`the disturbance itself failed: ${error.message}`],
    )
    const record = await perform(bench, act, { proxy, run: 2 })
    bench.over.add(2)
    // What never came to pass is over with the run: a hold that nothing met would be waited for in vain.
    const disturbance = await Promise.race([doing, new Promise<string[]>((resolve) => setTimeout(resolve, 15_000, ['nothing met it']))])
    return { record, disturbance }
  } finally {
    await proxy.close()
  }
}

/** A run says how it ended and what serves. */
async function untrue(bench: Bench, record: StepRecord): Promise<readonly string[]> {
  const { conclusion = '', fault = '', 'active-slot': slot = '' } = record.outputs
  if (record.exitCode === undefined || conclusion === '')
    return [`it told nothing: exit ${record.exitCode} ${record.signal}, ${record.log.slice(-3).join(' / ')}`]
  const { selector } = await pictureOf(bench)
  const serving = selector['fairlead.dev/slot']
  return [
    ...((conclusion === 'success') === (record.exitCode === 0) ? [] : [`it told ${conclusion} with exit code ${record.exitCode}`]),
    ...(fault === 'BUG' ? [`it told of a bug: ${record.log.slice(-3).join(' / ')}`] : []),
    ...(slot === '' || slot === serving ? [] : [`it told that ${slot} serves, got ${serving}`]),
  ]
}

async function leftOver(bench: Bench): Promise<readonly string[]> {
  const { selector, deployments, locks, journal } = await pictureOf(bench)
  const slots = deployments.filter((words) => words.startsWith('shop-') && !words.includes(' 0 x '))
  const slot = selector['fairlead.dev/slot'] ?? ''
  return [
    ...(slots.length === 1 && slots[0]?.startsWith(`shop-${slot} 3 x 127.0.0.1:5000/shop:2`) === true
      ? []
      : [`expected release 2 alone on shop-${slot}, got ${slots.join(', ')}`]),
    ...leftovers({ locks, journal }),
  ]
}
