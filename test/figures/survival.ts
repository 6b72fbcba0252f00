/** What surviving costs: the lock and the journal of a release, the run after one that was killed, and the size of what is remembered. */
import type { RunningStep } from '@fairlead/bundle'
import { performCalmly, makeBench, perform, type Act, type Bench } from '../cluster/faults/bench.ts'
import { QUICK, shopManifest } from '../cluster/releases/stage.ts'
import { prove, type Row } from './rows.ts'

const first: Act = { action: 'deploy-bluegreen', inputs: QUICK, manifest: await withoutBudget() }
const release = (version: string): Act => ({ action: 'deploy-bluegreen', inputs: { ...QUICK, image: `127.0.0.1:5000/shop:${version}` } })

await prove({
  name: 'survival',
  title: 'What surviving costs',
  story:
    'One run makes three releases of the sample without its PodDisruptionBudget (three Pods); requests are counted in the third, which finds both slots made. A fourth is killed (SIGKILL) right after its pointer has moved, GitHub on loopback says that its run is over, and the same is run again. Times of the second run count from the start of its process.',
  command: 'npx -y pnpm@12 prove survival',
  runs: 5,
  actions: ['deploy-bluegreen'],
  measure: async () => {
    const bench = await makeBench('survival')
    try {
      return [...(await calm(bench)), ...(await killed(bench)), ...(await remembered(bench))]
    } finally {
      await bench.remove()
    }
  },
})

async function withoutBudget(): Promise<string> {
  return (await shopManifest())
    .split('---\n')
    .filter((each) => !each.includes('kind: PodDisruptionBudget'))
    .join('---\n')
}

async function calm(bench: Bench): Promise<readonly Row[]> {
  await must(performCalmly(bench, first, 1))
  await must(performCalmly(bench, release('2'), 2))
  const { requests } = await must(performCalmly(bench, release('1'), 3))
  const of = (resource: string, name?: string) => requests.filter((each) => each.resource === resource && (name === undefined || each.name === name)).length
  return [
    { what: 'a release: requests', unit: 'requests', value: requests.length },
    { what: 'a release: of which for the lock', unit: 'requests', value: of('leases') },
    { what: 'a release: of which for the journal and the record', unit: 'requests', value: of('configmaps', 'fairlead.shop') + 1 },
  ]
}

async function killed(bench: Bench): Promise<readonly Row[]> {
  const proxy = await bench.proxy()
  try {
    let step: RunningStep | undefined
    const dead = perform(bench, release('2'), {
      proxy,
      run: 4,
      post: false,
      onStart: (started) => (step = started),
      onLine: (line) => {
        if (line.includes('as move ')) step?.kill('SIGKILL')
      },
    })
    await dead.catch(() => undefined)
    bench.over.add(4)
    const began = Date.now()
    let [effect, proof] = [0, 0]
    const record = await perform(bench, release('2'), {
      proxy,
      run: 5,
      onLine: (line) => {
        if (effect === 0 && /^ *1 {2}/.test(line)) effect = Date.now() - began
        if (proof === 0 && /endpoints? in /.test(line)) proof = Date.now() - began
      },
    })
    if (record.exitCode !== 0) throw new Error(record.raw)
    return [
      { what: 'after a kill: from start to the first step, the lock taken over and fenced', unit: 's', value: effect / 1_000 },
      { what: 'after a kill: from start to proof', unit: 's', value: proof / 1_000 },
      { what: 'after a kill: from start to the end', unit: 's', value: (Date.now() - began) / 1_000 },
    ]
  } finally {
    await proxy.close()
  }
}

async function remembered({ kubectl }: Bench): Promise<readonly Row[]> {
  const { items } = JSON.parse(await kubectl('get', 'configmaps', '-l', 'fairlead.dev/app=shop', '-o', 'json')) as {
    items: { metadata: { name: string }; data?: Record<string, string>; binaryData?: Record<string, string> }[]
  }
  const size = (name: string) => {
    const found = items.find(({ metadata }) => metadata.name === name)
    return [...Object.values(found?.data ?? {}), ...Object.values(found?.binaryData ?? {})].reduce((sum, text) => sum + text.length, 0)
  }
  return [
    { what: 'the journal after four releases', unit: 'bytes', value: size('fairlead.shop') },
    { what: 'a record', unit: 'bytes', value: size('fairlead.shop.r1') },
  ]
}

async function must<T extends { readonly record: { readonly exitCode: number | undefined; readonly raw: string } }>(performed: Promise<T>): Promise<T> {
  const done = await performed
  if (done.record.exitCode !== 0) throw new Error(done.record.raw)
  return done
}
