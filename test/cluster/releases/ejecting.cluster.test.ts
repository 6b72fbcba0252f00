import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { currentCluster, type Cluster } from '@fairlead/bed'
import { startLoad } from '@fairlead/load'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adminKubeconfig, kubectl, type Place } from '../cluster.ts'
import { LOADED, Places, QUICK, shopManifest, standOf } from './stage.ts'

const places = new Places()
let cluster: Cluster
beforeAll(async () => {
  const { FAIRLEAD_INSIDE: inside, FAIRLEAD_BED: bed } = process.env
  cluster = await currentCluster(inside ?? bed ?? 'default', process.env)
})
afterAll(() => places.remove())

const MAIN = resolve(import.meta.dirname, '../../../packages/cli/src/main.ts')
const IMAGES = [1, 2, 3].map((version) => `127.0.0.1:5000/shop:${version}`)

interface Ended {
  readonly code: number | null
  readonly errors: string
  readonly document: { readonly conclusion?: string; readonly verdict?: string; readonly outputs?: Readonly<Record<string, unknown>> }
}

interface CliRun {
  readonly manifest?: string
  /** Called with each line of progress, and what ends the process at once. */
  readonly onLine?: (line: string, kill: () => void) => void
}

/** Runs a command of the command line from its sources. */
async function cli(place: Place, args: readonly string[], { manifest, onLine = () => undefined }: CliRun = {}): Promise<Ended> {
  const folder = await mkdtemp(join(tmpdir(), 'eject-'))
  try {
    if (manifest !== undefined) await writeFile(join(folder, 'shop.yaml'), manifest)
    const environment = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: adminKubeconfig() }
    const child = spawn(process.execPath, ['--conditions=source', MAIN, ...args, '-n', place.namespace], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [output, errors] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    createInterface(child.stderr).on('line', (line) => {
      errors += `${line}\n`
      onLine(line, () => child.kill('SIGKILL'))
    })
    const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done))
    return { code, errors, document: output === '' ? {} : (JSON.parse(output) as Ended['document']) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const flags = (times: Readonly<Record<string, string>>) => Object.entries(times).map(([name, value]) => `--${name}=${value}`)
const deploy = (place: Place, version: number, manifest?: string) =>
  cli(
    place,
    ['deploy', 'shop', ...flags(QUICK), ...(manifest === undefined ? [`--image=${IMAGES[version - 1] ?? ''}`] : ['--manifests=shop.yaml'])],
    manifest === undefined ? {} : { manifest },
  )
const eject = (place: Place, run: CliRun = {}) => cli(place, ['eject', 'shop', ...flags({ ...LOADED, stability: '1s' })], run)

function succeeded(ended: Ended): void {
  expect([ended.code, ended.document.conclusion], `${ended.errors}\n${JSON.stringify(ended.document.verdict)}`).toEqual([0, 'success'])
}

const urlOf = async (place: Place) => `http://${await place.kubectl('get', 'service', 'shop', '-o', 'jsonpath={.spec.clusterIP}')}`

/** Nodes learn of ready Pods a few seconds after the control plane: what is lost before that is not ours. */
async function loaded(place: Place) {
  await sleep(4_000)
  return await startLoad(cluster, { url: await urlOf(place), namespace: place.namespace, rate: 50, most: 30_000 })
}

interface Live {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels?: object
    readonly annotations?: object
    readonly managedFields?: readonly { readonly manager: string }[]
  }
  readonly spec?: unknown
}

const KINDS = 'deployments,replicasets,services,configmaps,secrets,leases,horizontalpodautoscalers'

/** All objects of a place; those that say something of ours, by name; and who owns fields of what the user has. */
async function leftIn({ kubectl: run }: Place) {
  const { items } = JSON.parse(await run('get', KINDS, '--show-managed-fields', '-o', 'json')) as { items: readonly Live[] }
  const told = items.filter(({ metadata: { name, labels, annotations }, spec }) =>
    /fairlead\.dev|"fairlead\./.test(withoutOwnEnv(JSON.stringify([name, labels, annotations, spec]))),
  )
  const owners = items.flatMap(({ kind, metadata }) =>
    (metadata.managedFields ?? []).filter(({ manager }) => /^fairlead(?!-left$)/.test(manager)).map(({ manager }) => `${kind} ${metadata.name}: ${manager}`),
  )
  return { ours: told.map(({ kind, metadata }) => `${kind} ${metadata.name}`), owners }
}

/** The sample application itself asks for its slot, which is its user's own word, also where kubectl remembers it. */
function withoutOwnEnv(text: string): string {
  return text.replaceAll("metadata.labels['fairlead.dev/slot']", '')
}

/** Deleted ReplicaSets and Pods go a moment after their Deployment. */
async function settledIn(place: Place) {
  for (let turn = 0; turn < 20; turn += 1) {
    const left = await leftIn(place)
    if (left.ours.length === 0) return left
    await sleep(500)
  }
  return await leftIn(place)
}

describe('an eject', () => {
  test('of what was never without us, under load: nothing is lost, nothing of ours stays, and another tool applies what it likes', async () => {
    const place = await places.make('eject-made')
    succeeded(await deploy(place, 1, await shopManifest()))
    succeeded(await deploy(place, 2, await shopManifest({ image: IMAGES[1] ?? '' })))
    const load = await loaded(place)
    const ended = await eject(place)
    await sleep(2_000)
    const { all } = await load.stop()
    succeeded(ended)
    expect({ lost: all.lost, classes: all.byClass, versions: Object.keys(all.versions) }, ended.errors).toEqual({ lost: 0, classes: {}, versions: ['2'] })
    expect(await settledIn(place)).toEqual({ ours: [], owners: [] })
    expect(await standOf(place)).toEqual({ selector: { app: 'shop' }, replicas: { shop: 3 }, paused: [], configMaps: ['shop-config'] })

    const own = (await shopManifest({ image: IMAGES[2] ?? '', replicas: 2 })).replace('Welcome to the shop', 'Come in')
    await kubectl(['-n', place.namespace, 'apply', '--server-side', '--field-manager=helm', '-f', '-'], own)
    await place.kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s')
    expect(await standOf(place)).toMatchObject({ replicas: { shop: 2 } })
    expect(await place.kubectl('get', 'configmap', 'shop-config', '-o', 'jsonpath={.data.greeting}')).toBe('Come in')
  })

  test('of what was adopted, with an HPA, killed twice and run again, under load: nothing is lost, and the same app is adopted again', async () => {
    const place = await places.make('eject-adopted')
    await place.apply(await shopManifest())
    await place.kubectl('autoscale', 'deployment', 'shop', '--min=3', '--max=5', '--cpu-percent=90')
    await place.kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s')
    succeeded(await deploy(place, 2))
    const load = await loaded(place)
    for (const step of ['settle', 'give Service']) {
      const killed = await eject(place, {
        onLine: (line, kill) => {
          if (/^ ?\d+ {2}/.test(line) && line.includes(step) && !line.includes('  undo:')) kill()
        },
      })
      expect(killed.code, killed.errors).toBeNull()
    }
    const ended = await eject(place)
    await sleep(2_000)
    const { all } = await load.stop()
    succeeded(ended)
    expect({ lost: all.lost, classes: all.byClass, versions: Object.keys(all.versions) }, ended.errors).toEqual({ lost: 0, classes: {}, versions: ['2'] })
    expect(await settledIn(place)).toEqual({ ours: [], owners: [] })
    expect(await standOf(place)).toEqual({ selector: { app: 'shop' }, replicas: { shop: 3 }, paused: [], configMaps: ['shop-config'] })
    expect(await place.kubectl('get', 'hpa', 'shop', '-o', 'jsonpath={.spec.scaleTargetRef.name}')).toBe('shop')

    await place.apply(await shopManifest({ image: IMAGES[2] ?? '' }))
    await place.kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s')
    succeeded(await deploy(place, 1))
    expect(await standOf(place)).toMatchObject({
      selector: { app: 'shop', 'fairlead.dev/slot': 'blue' },
      replicas: { shop: 0, 'shop-blue': 3 },
      paused: ['shop'],
    })
    succeeded(await eject(place))
    expect(await settledIn(place)).toEqual({ ours: [], owners: [] })
  })

  test('whose Pods never become healthy moves nobody, and takes them away again', async () => {
    const place = await places.make('eject-sick')
    succeeded(await deploy(place, 1, await shopManifest()))
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'full' }, spec: { hard: { pods: '3' } } }
    await place.apply(quota)
    const before = await standOf(place)
    const load = await loaded(place)
    const ended = await eject(place)
    const { all } = await load.stop()
    expect([ended.code, ended.document.conclusion, ended.document.verdict], ended.errors).toEqual([
      1,
      'failure',
      expect.stringMatching(/^Refused .*ResourceQuota "full".*No traffic moved: shop serves release 1 from blue/),
    ])
    expect({ lost: all.lost, classes: all.byClass }, ended.errors).toEqual({ lost: 0, classes: {} })
    expect(await standOf(place)).toMatchObject({ selector: before.selector, replicas: { shop: 0, 'shop-blue': 3 } })
    await place.kubectl('delete', 'resourcequota', 'full')
    succeeded(await eject(place))
    expect(await settledIn(place)).toEqual({ ours: [], owners: [] })
  })
})
