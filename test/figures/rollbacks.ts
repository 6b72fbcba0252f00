/** The way back under load, warm and cold: from the start of the process to proof, and what users saw of it. */
import { deploy, rollback, shopManifest } from '../cluster/releases/stage.ts'
import { makePlace, type Place } from '../cluster/cluster.ts'
import { prove, type Row } from './rows.ts'
import { endOf, secondsOf, stepsOf, underLoad } from './under-load.ts'

const RATE = 100
const TIMES = { stability: '1s', settle: '1s', soak: '1s', drain: '1s' }

await prove({
  name: 'rollbacks',
  title: 'The way back under load',
  story: `One run goes back from release 2 to release 1 (three Pods) twice, once to Pods that were kept warm and once from zero, under ${RATE} requests/s of each client shape. Times count from the start of the process. kube-proxy and kept connections follow the proof, so the old version's last answer comes later.`,
  command: 'npx -y pnpm@12 prove rollbacks',
  runs: 5,
  actions: ['rollback', 'deploy-bluegreen'],
  measure: async () => [...(await back('warm')), ...(await back('cold'))],
})

async function back(standby: 'warm' | 'cold'): Promise<readonly Row[]> {
  const place = await makePlace(`figures-${standby}`)
  try {
    await release(place, { manifest: await shopManifest(), inputs: { ...TIMES } })
    await release(place, { inputs: { ...TIMES, image: '127.0.0.1:5000/shop:2', standby } })
    let began = 0
    const { result, report } = await underLoad(place, RATE, async () => {
      began = Date.now()
      const record = await rollback(place, { drain: '2s' })
      if (record.exitCode !== 0) throw new Error(record.raw)
      return record
    })
    const steps = stepsOf(result)
    const { first } = report.shapes.connection?.versions['1'] ?? {}
    const last = report.shapes.connection?.versions['2']?.last
    return [
      { what: `${standby}: from start to proof`, unit: 's', value: (endOf(steps, 'prove') - began) / 1_000 },
      { what: `${standby}: of which the Pods took`, unit: 's', value: secondsOf(steps, ['await']) },
      { what: `${standby}: first answer of the release before, on a new connection`, unit: 's', value: ((first?.done ?? Number.NaN) - began) / 1_000 },
      { what: `${standby}: last answer of the one that was left, on a new connection`, unit: 's', value: ((last?.done ?? Number.NaN) - began) / 1_000 },
      { what: `${standby}: sent`, unit: 'requests', value: report.all.sent },
      { what: `${standby}: lost`, unit: 'requests', value: report.all.lost },
    ]
  } finally {
    await place.remove()
  }
}

async function release(place: Place, run: Parameters<typeof deploy>[1]): Promise<void> {
  const record = await deploy(place, run)
  if (record.exitCode !== 0) throw new Error(record.raw)
}
