/** Taking over what already serves, under load: made by kubectl, by a tool that creates as Helm does, with an HPA. */
import { setTimeout as sleep } from 'node:timers/promises'
import { deploy, podUids, shopManifest } from '../cluster/releases/stage.ts'
import { kubectl, makePlace, type Place } from '../cluster/cluster.ts'
import { prove, type Row } from './rows.ts'
import { endOf, lossRows, stepsOf, underLoad } from './under-load.ts'

const RATE = 200
const KINDS = ['kubectl', 'helm', 'hpa'] as const

await prove({
  name: 'adoptions',
  title: 'Adoptions under load',
  story: `One run adopts a plain Deployment and Service of three Pods, under ${RATE} requests/s of each client shape: in turn made by kubectl apply, created as Helm does, and by kubectl with an HPA. soak 3s, settle 3s, drain 2s.`,
  command: 'npx -y pnpm@12 prove adoptions',
  runs: 6,
  actions: ['deploy-bluegreen'],
  measure,
})

async function measure(run: number): Promise<readonly Row[]> {
  const kind = KINDS[run % KINDS.length] ?? 'kubectl'
  const place = await makePlace(`figures-${kind}`)
  try {
    await serve(place, kind)
    const uids = await podUids(place, 'app=shop')
    let kept = 0
    const { result, report } = await underLoad(place, RATE, async () => {
      const record = await deploy(place, {
        inputs: { image: '127.0.0.1:5000/shop:2', settle: '3s', soak: '3s', drain: '2s', stability: '5s' },
        onLine: (line) => {
          if (/as move .*-2/.test(line))
            void podUids(place, 'app=shop,!fairlead.dev/slot').then((now) => (kept = now.filter((uid) => uids.includes(uid)).length))
        },
      })
      if (record.exitCode !== 0) throw new Error(record.raw)
      return record
    })
    const steps = stepsOf(result)
    return [
      ...lossRows(report),
      { what: 'old Pods, of 3, still the same when traffic has moved', unit: 'Pods', value: kept },
      { what: 'from healthy to every endpoint proven new', unit: 's', value: (endOf(steps, 'prove') - endOf(steps, 'await')) / 1_000 },
    ]
  } finally {
    await place.remove()
  }
}

async function serve(place: Place, kind: (typeof KINDS)[number]): Promise<void> {
  const manifest = await shopManifest()
  if (kind === 'helm') await kubectl(['-n', place.namespace, 'create', '--field-manager=helm', '-f', '-'], manifest)
  else await place.apply(manifest)
  if (kind === 'hpa') await place.kubectl('autoscale', 'deployment', 'shop', '--min=3', '--max=5', '--cpu-percent=90')
  await place.kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s')
  // Nodes learn of ready Pods a few seconds after the control plane: what is lost before that is not ours.
  await sleep(4_000)
}
