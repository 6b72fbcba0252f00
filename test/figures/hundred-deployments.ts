/** Requests and memory for judging one hundred Deployments in one run, a Pod in every other. */
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runBundle } from '@fairlead/bundle'
import { parse } from 'yaml'
import { proxyApi } from '../cluster/api-proxy.ts'
import { ACTIONS, adminKubeconfig, endpoint, kubeconfig, makePlace } from '../cluster/cluster.ts'
import { hundred } from '../cluster/hundred.ts'
import { prove } from './rows.ts'

const place = await makePlace('figures')
const { server, authority } = await endpoint()
const { users } = parse(await readFile(adminKubeconfig(), 'utf8')) as { users: readonly { readonly user: Readonly<Record<string, unknown>> }[] }
const file = join(tmpdir(), `fairlead-peak-${process.pid}`)
try {
  await place.apply(await hundred())
  await prove({
    name: 'hundred-deployments',
    title: 'One hundred Deployments in one run',
    command: 'npx -y pnpm@12 prove hundred-deployments',
    runs: 5,
    actions: ['health-check'],
    measure,
  })
} finally {
  await rm(file, { force: true })
  await place.remove()
}

async function measure() {
  const api = await proxyApi(server, authority)
  try {
    const record = await runBundle({
      action: join(ACTIONS, 'health-check'),
      inputs: {
        selector: 'suite=hundred',
        namespace: place.namespace,
        'allow-zero': 'true',
        'allow-insecure': 'true',
        timeout: '3m',
        kubeconfig: kubeconfig({ server: api.url }, users[0]?.user ?? {}),
      },
      environment: { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'peak-memory.mjs')}`, PEAK_MEMORY_FILE: file },
    })
    if (record.outputs['verdict'] !== 'Healthy') throw new Error(record.raw)
    const watches = api.requests.filter((request) => request.includes('watch=true')).length
    return [
      { what: 'requests beyond the watches', unit: 'requests', value: api.requests.length - watches },
      { what: 'watches', unit: 'requests', value: watches },
      { what: 'peak memory', unit: 'MB', value: Number(await readFile(file, 'utf8')) / 1_000 },
      { what: 'whole run, of which 5 s are the stability window', unit: 's', value: record.milliseconds / 1_000 },
    ]
  } finally {
    await api.close()
  }
}
