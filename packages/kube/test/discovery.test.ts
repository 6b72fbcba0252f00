import type { Cluster } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { json, lines, startServer, status, type Answer, type ScriptedServer } from './scripted-server.ts'
import { HurriedClock, kubeconfig, NO_INPUTS, testHost } from './test-host.ts'
import { faultOf } from './visiting.ts'

const CERTIFICATE = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', plural: 'certificates', namespaced: true }

/** What an API server with one group of somebody else's answers. */
const DOCUMENTS: Readonly<Record<string, unknown>> = {
  '/apis': {
    groups: [
      {
        name: 'cert-manager.io',
        preferredVersion: { groupVersion: 'cert-manager.io/v1' },
        versions: [{ groupVersion: 'cert-manager.io/v1' }, { groupVersion: 'cert-manager.io/v1alpha2' }],
      },
    ],
  },
  '/api/v1': { resources: [{ name: 'pods', kind: 'Pod', singularName: 'pod', namespaced: true }] },
  '/apis/cert-manager.io/v1': {
    resources: [
      { name: 'certificates', kind: 'Certificate', singularName: 'certificate', shortNames: ['cert'], namespaced: true },
      { name: 'certificates/status', kind: 'Certificate', namespaced: true },
      { name: 'clusterissuers', kind: 'ClusterIssuer', singularName: 'clusterissuer', namespaced: false },
    ],
  },
  '/apis/cert-manager.io/v1alpha2': { resources: [{ name: 'certificates', kind: 'Certificate', singularName: 'certificate', namespaced: true }] },
}

const answer: Answer = (request, ...rest) => {
  const document = DOCUMENTS[request.path]
  return (document === undefined ? status(404, 'NotFound', 'the server could not find the requested resource') : json(document))(request, ...rest)
}

let server: ScriptedServer
let cluster: Cluster

beforeEach(async () => {
  server = await startServer()
  server.script(answer)
  cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: kubeconfig({ server: server.url }), allowInsecure: true }, testHost({ clock: new HurriedClock() }))
})
afterEach(async () => {
  cluster.close()
  await server.close()
})

describe('resourceOf', () => {
  test("knows Kubernetes' own kinds without asking", async () => {
    expect(await cluster.resourceOf({ apiVersion: 'apps/v1', kind: 'Deployment' })).toMatchObject({ plural: 'deployments' })
    expect(server.requests).toEqual([])
  })

  test('asks about a group version once, even when several ask at once', async () => {
    const found = await Promise.all(
      ['Certificate', 'ClusterIssuer', 'Certificate'].map((kind) => cluster.resourceOf({ apiVersion: 'cert-manager.io/v1', kind })),
    )
    expect(found).toEqual([CERTIFICATE, { apiVersion: 'cert-manager.io/v1', kind: 'ClusterIssuer', plural: 'clusterissuers', namespaced: false }, CERTIFICATE])
    expect(lines(server.requests)).toEqual(['GET /apis/cert-manager.io/v1'])
  })

  test('says which versions are served instead, or that the group is not', async () => {
    expect(await faultOf(cluster.resourceOf({ apiVersion: 'cert-manager.io/v1beta1', kind: 'Certificate' }))).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'Certificate: this API server does not serve it as cert-manager.io/v1beta1, got only cert-manager.io/v1, cert-manager.io/v1alpha2',
      hint: 'Write Certificate in a version that the cluster serves.',
    })
    expect(await faultOf(cluster.resourceOf({ apiVersion: 'example.com/v1', kind: 'Alien' }))).toMatchObject({
      code: 'UNSUPPORTED',
      message: 'Alien: this API server does not serve it as example.com/v1, got no such group',
    })
  })

  test('asks again for what was not served: it may have been installed since', async () => {
    server.script(status(404, 'NotFound', 'the server could not find the requested resource'), json({ groups: [] }), answer)
    expect(await faultOf(cluster.resourceOf({ apiVersion: 'cert-manager.io/v1', kind: 'Certificate' }))).toMatchObject({ code: 'UNSUPPORTED' })
    expect(await cluster.resourceOf({ apiVersion: 'cert-manager.io/v1', kind: 'Certificate' })).toEqual(CERTIFICATE)
  })

  test('takes trouble for trouble, not for absence', async () => {
    server.script(status(503, 'ServiceUnavailable', 'away'))
    expect(await faultOf(cluster.resourceOf({ apiVersion: 'cert-manager.io/v1', kind: 'Certificate' }))).toMatchObject({ code: 'UNAVAILABLE' })
  })
})

describe('resourceNamed', () => {
  test.each([
    'certificates.cert-manager.io',
    'cert.cert-manager.io',
    'Certificate.cert-manager.io',
    'certificates.v1.cert-manager.io',
    'certificates',
    'cert',
    'Certificate',
  ])('finds %s', async (name) => {
    expect(await cluster.resourceNamed(name)).toEqual(CERTIFICATE)
  })

  test('finds another version when it is named', async () => {
    expect(await cluster.resourceNamed('certificates.v1alpha2.cert-manager.io')).toEqual({ ...CERTIFICATE, apiVersion: 'cert-manager.io/v1alpha2' })
  })

  test('finds nothing by a subresource or a foreign group', async () => {
    for (const name of ['certificates/status', 'certificates.example.com', 'aliens'])
      expect(await faultOf(cluster.resourceNamed(name))).toMatchObject({ code: 'UNSUPPORTED' })
  })
})
