import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { currentCluster } from '@fairlead/bed'
import { runBundle, type StepRecord } from '@fairlead/bundle'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, ACTIONS, endpoint, kubeconfig, makePlace, type Endpoint, type Place } from './cluster.ts'

// The credential kinds for which a test must know the cluster's authority, or mount what a Pod has mounted.

let place: Place
let cluster: Endpoint
let token: string
let folder: string

beforeAll(async () => {
  place = await makePlace('credentials')
  cluster = await endpoint()
  token = await account(place, 'ci', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] }])
  await place.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'here' } })
  folder = await mkdtemp(join(tmpdir(), 'fairlead-credentials-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await place.remove()
})

const action = join(ACTIONS, 'health-check')
const ending = ({ exitCode, outputs }: StepRecord) => ({ exitCode, verdict: outputs['verdict'] ?? outputs['fault'] })
const healthy = { exitCode: 0, verdict: 'Healthy' }

describe('health-check signs in to the bed', () => {
  test('with a client certificate, whose key appears nowhere', async () => {
    const { credentials } = await currentCluster(process.env['FAIRLEAD_BED'] ?? 'default', process.env)
    if (credentials === undefined) throw new Error('expected the credentials of the bed')
    const [certificate, key] = await Promise.all([readFile(credentials.certificateFile), readFile(credentials.keyFile)])
    const user = { 'client-certificate-data': certificate.toString('base64'), 'client-key-data': key.toString('base64') }
    const record = await runBundle({
      action,
      inputs: { objects: 'configmap/here', namespace: place.namespace, timeout: '0', kubeconfig: kubeconfig(cluster, user) },
    })
    expect(ending(record), record.raw).toEqual(healthy)
    const body = key.toString().split('\n')[1] ?? ''
    expect(record.masks.join('\n')).toContain(body)
    expect(record.log.join('\n')).not.toContain(body)
  })

  test('as the account of the Pod it runs in', async () => {
    const { hostname, port } = new URL(cluster.server)
    const [tokenFile, authorityFile] = [join(folder, 'pod-token'), join(folder, 'pod-ca.crt')]
    await writeFile(tokenFile, token)
    await writeFile(authorityFile, Buffer.from(cluster.authority, 'base64'))
    const mounts = '/var/run/secrets/kubernetes.io/serviceaccount'
    const script = `set -e; mount -t tmpfs tmpfs /run; mkdir -p ${mounts}; cp ${tokenFile} ${mounts}/token; cp ${authorityFile} ${mounts}/ca.crt; printf %s ${place.namespace} > ${mounts}/namespace; exec "$@"`
    const record = await runBundle({
      action,
      inputs: { objects: 'configmap/here', timeout: '0' },
      environment: { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port },
      wrap: ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'],
    })
    expect(ending(record), record.raw).toEqual(healthy)
    expect(record.masks).toContain(token)
  })
})
