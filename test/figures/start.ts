/** From the start of the process to its first request: the bundle beside a bare Node that sends one at once. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { kubeconfigFor } from '@fairlead/bundle'
import { ACTIONS } from '../cluster/cluster.ts'
import { prove } from './rows.ts'

const arrived = { at: () => undefined as void }
const server = createServer((request) => {
  arrived.at()
  request.socket.destroy()
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const bare = ['-e', `require('node:http').get(${JSON.stringify(url)}).on('error', () => undefined)`]
const bundle = [join(ACTIONS, 'health-check/dist/index.js')]
const environment = {
  PATH: process.env['PATH'],
  INPUT_OBJECTS: 'deployment/web',
  INPUT_TIMEOUT: '0',
  'INPUT_ALLOW-INSECURE': 'true',
  INPUT_KUBECONFIG: kubeconfigFor(url),
}

await prove({
  name: 'start',
  title: 'From the start of the process to its first request',
  command: 'npx -y pnpm@12 prove start',
  runs: 20,
  actions: ['health-check'],
  measure: async (run) => {
    // Each goes first in every other run.
    const order = run % 2 === 0 ? [bare, bundle] : [bundle, bare]
    const times = new Map<readonly string[], number>()
    for (const args of order) times.set(args, await firstRequest(args))
    const [plain = 0, whole = 0] = [times.get(bare), times.get(bundle)]
    return [
      { what: 'bare Node', unit: 's', value: plain },
      { what: 'health-check', unit: 's', value: whole },
      { what: 'difference', unit: 's', value: whole - plain },
    ]
  },
})
server.close()

async function firstRequest(args: readonly string[]): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, args, { stdio: 'ignore', env: environment })
  const seconds = await new Promise<number>((resolve) => {
    arrived.at = () => resolve((performance.now() - started) / 1_000)
  })
  child.kill('SIGKILL')
  await new Promise((resolve) => child.on('close', resolve))
  return seconds
}
