import type { Cluster } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { json, startServer, status, type ScriptedServer } from './scripted-server.ts'
import { HurriedClock, kubeconfig, NO_INPUTS, testHost } from './test-host.ts'
import { faultOf } from './visiting.ts'

let server: ScriptedServer
let cluster: Cluster

beforeEach(async () => {
  server = await startServer()
  cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: kubeconfig({ server: server.url }), allowInsecure: true }, testHost({ clock: new HurriedClock() }))
})

afterEach(async () => {
  cluster.close()
  await server.close()
})

describe('rules', () => {
  test('come from one SelfSubjectRulesReview of the namespace', async () => {
    const resourceRules = [
      { verbs: ['get'], apiGroups: ['apps'], resources: ['deployments'], resourceNames: ['web'] },
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      { verbs: ['get'], nonResourceURLs: ['/healthz'] },
    ]
    server.script(json({ status: { resourceRules, nonResourceRules: [], incomplete: true, evaluationError: 'webhook' } }))
    expect(await cluster.rules('shop')).toEqual({
      rules: [
        { verbs: ['get'], groups: ['apps'], resources: ['deployments'], names: ['web'] },
        { verbs: ['*'], groups: ['*'], resources: ['*'], names: [] },
        { verbs: ['get'], groups: [], resources: [], names: [] },
      ],
      incomplete: true,
    })
    const [request] = server.requests
    expect([request?.method, request?.path, JSON.parse(request?.body ?? '')]).toEqual([
      'POST',
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: 'shop' } },
    ])
  })

  test('are none where the list is null', async () => {
    server.script(json({ status: { resourceRules: null, incomplete: false } }))
    expect(await cluster.rules('shop')).toEqual({ rules: [], incomplete: false })
  })

  test('are asked for again when there was no answer: a review writes nothing', async () => {
    server.script(status(503, 'ServiceUnavailable', 'not yet'), json({ status: { resourceRules: [], incomplete: false } }))
    await cluster.rules('shop')
    expect(server.requests).toHaveLength(2)
  })

  test.each([
    { name: 'says nothing of being complete', answer: { status: { resourceRules: [] } } },
    { name: 'has no list', answer: { status: { incomplete: false } } },
    { name: 'is something else', answer: { hello: 'world' } },
  ])('are not taken from an answer that $name', async ({ answer }) => {
    server.script(json(answer))
    expect(await faultOf(cluster.rules('shop'))).toMatchObject({ code: 'UNSUPPORTED', message: expect.stringContaining('SelfSubjectRulesReview') })
  })
})
