import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { currentCluster, type Cluster } from '@fairlead/bed'
import { startLoad } from '../src/index.ts'

/** The sample application in a namespace of a test's own, reached by its Service. */
export interface Shop {
  readonly namespace: string
  readonly url: string
  readonly kubectl: (...args: readonly string[]) => Promise<string>
  readonly remove: () => Promise<void>
}

const manifestFile = resolve(import.meta.dirname, '../../../examples/shop/manifest/shop.yaml')

/** The cluster these tests run on. */
export function thisCluster(): Promise<Cluster> {
  const { FAIRLEAD_INSIDE: inside, FAIRLEAD_BED: bed } = process.env
  return currentCluster(inside ?? bed ?? 'default', process.env)
}

/** Runs the sample application of the user's manifest, changed by `change`, and waits until its Service answers. */
export async function openShop(cluster: Cluster, change: (manifest: string) => string = (manifest) => manifest): Promise<Shop> {
  const namespace = `fairlead-load-${randomBytes(3).toString('hex')}`
  const kubectl = (...args: readonly string[]) => ask(cluster, ['-n', namespace, ...args])
  await ask(cluster, ['create', 'namespace', namespace])
  await ask(cluster, ['-n', namespace, 'apply', '-f', '-'], change(await readFile(manifestFile, 'utf8')))
  await kubectl('rollout', 'status', 'deployment/shop', '--timeout=60s')
  const url = `http://${await kubectl('get', 'service', 'shop', '-o', 'jsonpath={.spec.clusterIP}')}`
  await answers(cluster, { namespace, url })
  return { namespace, url, kubectl, remove: async () => void (await ask(cluster, ['delete', 'namespace', namespace, '--wait=false'])) }
}

/** Nodes learn of ready Pods a few seconds after the control plane: asks until ten requests in a row are answered. */
async function answers(cluster: Cluster, { namespace, url }: Pick<Shop, 'namespace' | 'url'>): Promise<void> {
  for (let asked = 0; asked < 20; asked += 1) {
    let seen = 0
    const enough = Promise.withResolvers<void>()
    const onRecord = () => {
      seen += 1
      if (seen === 10) enough.resolve()
    }
    const load = await startLoad(cluster, { url, namespace, rate: 20, most: 10, shapes: ['connection'], timeout: 1500, slow: 0, onRecord })
    await enough.promise
    const { all } = await load.stop()
    if (Object.entries(all.byClass).every(([loss]) => loss === 'status')) return
  }
  throw new Error(`the shop at ${url} does not answer`)
}

async function ask(cluster: Cluster, args: readonly string[], input = ''): Promise<string> {
  const child = cluster.run('kubectl', args)
  let [output, complaint] = ['', '']
  child.stdout?.on('data', (text) => (output += String(text)))
  child.stderr?.on('data', (text) => (complaint += String(text)))
  child.stdin?.end(input)
  const code = await new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', done)
  })
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${complaint.trim()}`)
  return output
}
