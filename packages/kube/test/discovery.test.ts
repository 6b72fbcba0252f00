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
  '/api/v1': { resources: [{ name: 'pods', kind: 'Pod', namespaced: true }] },
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
let clock: HurriedClock

beforeEach(async () => {
  server = await startServer()
  server.script(answer)
  clock = new HurriedClock()
  cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: kubeconfig({ server: server.url }), allowInsecure: true }, testHost({ clock }))
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

describe('discovery', () => {
  test.each(['/apis/cert-manager.io/v1', '/apis'])('takes an answer of %s that is none of an API server for trouble, not for absence', async (path) => {
    server.script((request, ...more) => (request.path === path ? json({ error: 'login' }) : answer)(request, ...more))
    expect(await faultOf(cluster.resourceNamed('certificates.cert-manager.io'))).toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringMatching(/expected a list, got an object with error$/),
    })
  })

  test('goes on for those who still wait for it when one of them gives up', async () => {
    const letGo = Promise.withResolvers<void>()
    server.script(async (...all) => {
      await letGo.promise
      await answer(...all)
    })
    const [stop, reason] = [new AbortController(), new Error('stopped')]
    const kind = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' }
    const given = cluster.resourceOf(kind, { signal: stop.signal }).catch((error: unknown) => error)
    const waiting = cluster.resourceOf(kind)
    await expect.poll(() => server.requests.length).toBe(1)
    stop.abort(reason)
    expect(await given).toBe(reason)
    letGo.resolve()
    expect(await waiting).toEqual(CERTIFICATE)
    expect(server.requests).toHaveLength(1)
  })

  test.each(['/apis', '/apis/cert-manager.io/v1'])('ends its request of %s when everybody gave up, and is asked anew', async (path) => {
    const closed = Promise.withResolvers<void>()
    let hangs = true
    server.script((request, response, raw) => {
      if (!hangs || request.path !== path) return answer(request, response, raw)
      raw.socket.once('close', () => closed.resolve())
    })
    const [stop, reason] = [new AbortController(), new Error('stopped')]
    const given = cluster.resourceNamed('certificates.cert-manager.io', { signal: stop.signal }).catch((error: unknown) => error)
    await expect.poll(() => server.requests.at(-1)?.path).toBe(path)
    stop.abort(reason)
    expect(await given).toBe(reason)
    await closed.promise
    hangs = false
    expect(await cluster.resourceNamed('certificates.cert-manager.io')).toEqual(CERTIFICATE)
  })
})

describe('a group that does not answer', () => {
  const groupOf = (name: string, version: string) => ({
    name,
    preferredVersion: { groupVersion: `${name}/${version}` },
    versions: [{ groupVersion: `${name}/${version}` }],
  })
  const away: Answer = (request, ...more) => {
    const { groups } = DOCUMENTS['/apis'] as { groups: readonly unknown[] }
    if (request.path === '/apis') return json({ groups: [groupOf('metrics.k8s.io', 'v1beta1'), ...groups] })(request, ...more)
    if (request.path === '/apis/metrics.k8s.io/v1beta1') return status(503, 'ServiceUnavailable', 'service unavailable')(request, ...more)
    return answer(request, ...more)
  }

  test('is not in the way of a name that another has, and not waited for long', async () => {
    server.script(away)
    expect(await cluster.resourceNamed('cert')).toEqual(CERTIFICATE)
    expect(clock.now()).toBeLessThan(10_000)
  })

  test('leaves open whether a name is served that no other has', async () => {
    server.script(away)
    expect(await faultOf(cluster.resourceNamed('aliens'))).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^kind "aliens": .* got API metrics\.k8s\.io\/v1beta1: the API server answered 503/),
    })
  })

  test('is waited for when it is the one that is named', async () => {
    server.script(away)
    expect(await faultOf(cluster.resourceNamed('pods.metrics.k8s.io'))).toMatchObject({ code: 'UNAVAILABLE' })
    expect(clock.now()).toBeGreaterThan(50_000)
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
    for (const name of ['certificates/status', 'certificates.example.com', 'aliens', 'undefined'])
      expect(await faultOf(cluster.resourceNamed(name))).toMatchObject({ code: 'UNSUPPORTED' })
  })
})
