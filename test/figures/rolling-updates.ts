/** For comparison: the rolling update that kubectl makes of the same application, and of one that does not go on serving after SIGTERM. */
import { setTimeout as sleep } from 'node:timers/promises'
import { deploy, shopManifest } from '../cluster/releases/stage.ts'
import { makePlace, type Place } from '../cluster/cluster.ts'
import { prove, type Row } from './rows.ts'
import { underLoad } from './under-load.ts'

const RATE = 100
const SETTLED = 3_000

await prove({
  name: 'rolling-updates',
  title: 'A rolling update beside a release, of Pods that stop at once',
  story: `One run does both to an application of three Pods that stops serving as soon as it is told to (no preStop, STOP_AFTER 0s), under ${RATE} requests/s of each client shape: kubectl set image with a wait for its rollout, and deploy-bluegreen (settle 3s, soak 1s, drain 5s) from then on.`,
  command: 'npx -y pnpm@12 prove rolling-updates',
  runs: 5,
  actions: ['deploy-bluegreen'],
  measure,
})

async function measure(): Promise<readonly Row[]> {
  const place = await makePlace('figures-rolling')
  try {
    await place.apply((await shopManifest()).replace(/name: STOP_AFTER\n(\s+)value: 2s/, 'name: STOP_AFTER\n$1value: 0s'))
    await place.kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s')
    await sleep(SETTLED)
    const rolling = await underLoad(place, RATE, () => roll(place))
    const released = await underLoad(place, RATE, async () => {
      const record = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:3', settle: '3s', soak: '1s', drain: '5s', stability: '5s' } })
      if (record.exitCode !== 0) throw new Error(record.raw)
    })
    return [
      { what: 'kubectl: sent', unit: 'requests', value: rolling.report.all.sent },
      { what: 'kubectl: lost', unit: 'requests', value: rolling.report.all.lost },
      { what: 'deploy-bluegreen: sent', unit: 'requests', value: released.report.all.sent },
      { what: 'deploy-bluegreen: lost', unit: 'requests', value: released.report.all.lost },
    ]
  } finally {
    await place.remove()
  }
}

async function roll(place: Place): Promise<void> {
  await place.kubectl('set', 'image', 'deployment/shop', 'shop=127.0.0.1:5000/shop:2')
  await place.kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s')
}
