/** Twenty releases under load of four client shapes, alternating between Pods that are ready at once and after 5 s. */
import { deploy, shopManifest } from '../cluster/releases/stage.ts'
import { makePlace } from '../cluster/cluster.ts'
import { prove, type Row } from './rows.ts'
import { endOf, lossRows, secondsOf, stepsOf, underLoad } from './under-load.ts'

const RATE = 200
const TIMES = { stability: '5s', settle: '3s', soak: '3s', drain: '2s', timeout: '90s' }
/** One release keeps the drain a user has by default. */
const WITH_DEFAULT_DRAIN = 20

const place = await makePlace('figures')
const first = await deploy(place, { manifest: await shopManifest(), inputs: {} })
if (first.exitCode !== 0) throw new Error(first.raw)

try {
  await prove({
    name: 'releases',
    title: 'Releases under load',
    story: `One run is one release of three Pods by the committed bundle, under ${RATE} requests/s of each shape: a new connection per request, kept connections, requests that take a second, streams. Even runs release Pods that are ready after 5 s. ${Object.entries(
      TIMES,
    )
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}; run ${WITH_DEFAULT_DRAIN} drains for 30 s.`,
    command: 'npx -y pnpm@12 prove releases',
    runs: 20,
    actions: ['deploy-bluegreen'],
    measure,
  })
} finally {
  await place.remove()
}

async function measure(run: number): Promise<readonly Row[]> {
  const env = { RUN: String(run), READY_AFTER: run % 2 === 0 ? '5s' : '0s' }
  const manifest = await shopManifest({ image: `127.0.0.1:5000/shop:${(run % 3) + 1}`, env })
  const inputs = { ...TIMES, ...(run === WITH_DEFAULT_DRAIN ? { drain: '30s' } : {}) }
  const { result, report } = await underLoad(place, RATE, async () => {
    const record = await deploy(place, { manifest, inputs })
    if (record.exitCode !== 0) throw new Error(record.raw)
    return record
  })
  const steps = stepsOf(result)
  const waited = secondsOf(steps, ['await', 'settle', 'soak', 'retire'])
  return [
    ...lossRows(report),
    { what: 'from healthy to every endpoint proven new', unit: 's', value: (endOf(steps, 'prove') - endOf(steps, 'await')) / 1_000 },
    { what: 'whole run beyond what is waited for (health, settle, soak, drain)', unit: 's', value: result.milliseconds / 1_000 - waited },
    { what: 'whole run', unit: 's', value: result.milliseconds / 1_000 },
  ]
}
