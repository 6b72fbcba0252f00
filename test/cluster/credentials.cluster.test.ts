import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runBundle, type BundleRun, type StepRecord } from '@fairlead/bundle'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, ACTIONS, endpoint, kubeconfig, makePlace, type Endpoint, type Place } from './cluster.ts'

// What needs TLS: the rest of the credential kinds is in test/bundle, and credentials.bed.test.ts.

let place: Place
let cluster: Endpoint
let token: string
let folder: string

beforeAll(async () => {
  place = await makePlace('credentials')
  cluster = await endpoint()
  token = await account(place, 'ci', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }])
  await place.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'here' } })
  folder = await mkdtemp(join(tmpdir(), 'fairlead-credentials-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await place.remove()
})

const run = (how: Omit<BundleRun, 'action'>): Promise<StepRecord> =>
  runBundle({ action: join(ACTIONS, 'health-check'), ...how, inputs: { objects: 'configmap/here', namespace: place.namespace, timeout: '0', ...how.inputs } })
const ending = ({ exitCode, outputs }: StepRecord) => ({ exitCode, verdict: outputs['verdict'] ?? outputs['fault'] })
const healthy = { exitCode: 0, verdict: 'Healthy' }

describe('health-check signs in to a real API server', () => {
  test('with a token of its own account, trusting the authority of the kubeconfig', async () => {
    const record = await run({ inputs: { kubeconfig: kubeconfig(cluster, { token }) } })
    expect(ending(record), record.raw).toEqual(healthy)
  })

  test('with an authority that only NODE_EXTRA_CA_CERTS knows', async () => {
    const file = join(folder, 'ca.crt')
    await writeFile(file, Buffer.from(cluster.authority, 'base64'))
    const config = kubeconfig({ server: cluster.server }, { token })
    expect(ending(await run({ inputs: { kubeconfig: config } }))).toEqual({ exitCode: 1, verdict: 'ENVIRONMENT_MISSING' })
    expect(ending(await run({ inputs: { kubeconfig: config }, environment: { NODE_EXTRA_CA_CERTS: file } }))).toEqual(healthy)
  })

  test('not with an authority that did not sign the server', async () => {
    const other = spawn(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-subj',
        '/CN=other',
        '-days',
        '1',
        '-keyout',
        join(folder, 'o.key'),
        '-out',
        join(folder, 'o.crt'),
      ],
      { stdio: 'ignore' },
    )
    await new Promise((resolve) => other.on('close', resolve))
    const authority = (await readFile(join(folder, 'o.crt'))).toString('base64')
    const record = await run({ inputs: { kubeconfig: kubeconfig({ ...cluster, authority }, { token }), timeout: '6s' } })
    expect(ending(record), record.raw).toEqual({ exitCode: 1, verdict: 'ENVIRONMENT_MISSING' })
    expect(record.milliseconds).toBeLessThan(4_000)
  })

  test('through the proxy of HTTPS_PROXY, and past it where NO_PROXY says so', async () => {
    const tunnels: string[] = []
    const proxy = createServer().on('connect', (request, socket) => {
      tunnels.push(request.url ?? '')
      const [host = '', port = ''] = (request.url ?? '').split(':')
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        upstream.pipe(socket).pipe(upstream)
      })
      upstream.on('error', () => socket.destroy())
      socket.on('error', () => upstream.destroy())
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const inputs = { kubeconfig: kubeconfig(cluster, { token }) }
    const { host, hostname } = new URL(cluster.server)
    try {
      expect(ending(await run({ inputs, environment: { HTTPS_PROXY, NO_PROXY: '' } }))).toEqual(healthy)
      expect(new Set(tunnels)).toEqual(new Set([host]))
      tunnels.length = 0
      expect(ending(await run({ inputs, environment: { HTTPS_PROXY, NO_PROXY: hostname } }))).toEqual(healthy)
      expect(tunnels).toEqual([])
      // The kubeconfig's own proxy, once it is accepted word by word.
      const own = { kubeconfig: kubeconfig(cluster, { token }, { 'proxy-url': HTTPS_PROXY }), 'allow-proxy': HTTPS_PROXY }
      expect(ending(await run({ inputs: own }))).toEqual(healthy)
      expect(new Set(tunnels)).toEqual(new Set([host]))
    } finally {
      proxy.close()
      proxy.closeAllConnections()
    }
  })

  test('and is told the rule to add when the account may not read', async () => {
    const record = await run({ inputs: { kubeconfig: kubeconfig(cluster, { token }), objects: 'deployment/web' } })
    expect(ending(record), record.raw).toEqual({ exitCode: 1, verdict: 'ACCESS_DENIED' })
    expect(record.annotations.map(({ data }) => data).join('\n')).toContain('apiGroups: ["apps"]')
  })
})
