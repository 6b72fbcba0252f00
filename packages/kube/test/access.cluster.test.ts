import { isFault, systemClock } from '@fairlead/base'
import { grants, missingAccess, roleYaml, type AccessQuestion, type Cluster, type KubeObject } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { NO_INPUTS, testHost } from './test-host.ts'

const BY = { manager: 'access-test' }
const namespace = `access-${process.pid}-${Date.now().toString(36)}`
const kubectl = async (...words: readonly string[]) => (await promisify(execFile)('kubectl', words)).stdout

const ROLE = roleYaml({
  name: 'narrow',
  namespace,
  rules: [
    { group: '', resource: 'configmaps', verbs: ['get', 'create', 'patch', 'list'], names: ['fairlead.web'] },
    { group: '', resource: 'pods/log', verbs: ['get'] },
    { group: '', resource: 'pods/eviction', verbs: ['create'], names: ['web'] },
    { group: 'apps', resource: '*/scale', verbs: ['*'] },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['get', 'create', 'update'], names: ['fairlead.web'] },
    { group: 'discovery.k8s.io', resource: '*', verbs: ['list'] },
    { group: 'batch', resource: 'jobs/*', verbs: ['get'] },
  ],
})

let admin: Cluster
let narrow: Cluster

/** An account that may do what the Role says and nothing else. */
beforeAll(async () => {
  admin = await connectCluster({ ...NO_INPUTS, namespace }, testHost({ environment: process.env }))
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, BY)
  await admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'narrow', namespace } }, BY)
  await admin.create(parse(ROLE) as KubeObject, BY)
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'narrow', namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'narrow' },
    subjects: [{ kind: 'ServiceAccount', name: 'narrow', namespace }],
  }
  await admin.create(binding, BY)
  const config = JSON.parse(await kubectl('config', 'view', '--raw', '--minify', '--flatten', '-o', 'json')) as {
    users: unknown
    contexts: { context: { user: string } }[]
  }
  const token = (await kubectl('create', 'token', 'narrow', '-n', namespace)).trim()
  const own = { ...config, users: [{ name: config.contexts[0]?.context.user, user: { token } }] }
  narrow = await connectCluster({ ...NO_INPUTS, namespace, kubeconfig: JSON.stringify(own) }, testHost())
  // The API server learns of a binding some moments later.
  while (!(await narrow.may({ verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace, name: 'web' }))) await systemClock.sleep(50)
}, 60_000)

afterAll(async () => {
  await admin.delete({ resource: await admin.resourceNamed('ns'), name: namespace })
  admin.close()
  narrow.close()
})

describe('the rules of a narrow account', () => {
  const one = (verb: string, group: string, [resource = '', subresource]: readonly string[], name?: string): AccessQuestion => ({
    verb,
    group,
    resource,
    namespace,
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
  })

  test('grant what the API server itself allows, word for word', async () => {
    const { rules, incomplete } = await narrow.rules(namespace)
    expect(incomplete).toBe(false)
    const questions = ['get', 'create', 'patch', 'list', 'watch'].flatMap((verb) => [
      one(verb, '', ['configmaps'], 'fairlead.web'),
      one(verb, '', ['configmaps'], 'other'),
      one(verb, '', ['configmaps']),
      one(verb, '', ['pods', 'log'], 'web'),
      one(verb, '', ['pods'], 'web'),
      one(verb, '', ['pods', 'eviction'], 'web'),
      one(verb, '', ['pods', 'eviction']),
      one(verb, 'apps', ['deployments', 'scale'], 'web'),
      one(verb, 'apps', ['deployments'], 'web'),
      one(verb, 'coordination.k8s.io', ['leases'], 'fairlead.web'),
      one(verb, 'discovery.k8s.io', ['endpointslices']),
      one(verb, 'discovery.k8s.io', ['endpointslices', 'status']),
      one(verb, 'batch', ['jobs', 'status'], 'web'),
      one(verb, 'authorization.k8s.io', ['selfsubjectaccessreviews']),
    ])
    const ours = questions.map((question) => [question, rules.some((rule) => grants(rule, question))])
    const theirs: unknown[] = []
    for (const question of questions) theirs.push([question, await narrow.may(question)])
    expect(ours).toEqual(theirs)
    expect(new Set(ours.map(([, granted]) => granted))).toEqual(new Set([true, false]))
  })

  test('leave missing what no rule grants', async () => {
    const needed = [
      { group: '', resource: 'configmaps', verbs: ['get', 'create', 'delete', 'watch'], names: ['fairlead.web'], namespace },
      { group: 'apps', resource: 'deployments', verbs: ['get'], names: ['web'], namespace },
      { group: '', resource: 'nodes', verbs: ['list'] },
    ]
    expect(await missingAccess(narrow, needed)).toEqual([
      { group: '', resource: 'configmaps', verbs: ['delete'], names: ['fairlead.web'], namespace },
      { group: '', resource: 'configmaps', verbs: ['watch'], namespace },
      needed[1],
      needed[2],
    ])
  })
})

describe('a create that is limited to a name', () => {
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'fairlead.web', namespace }, spec: { holderIdentity: 'me' } }
  const journal = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace } })
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error: unknown) => (isFault(error) ? error.code : 'something else'),
    )

  test('holds for PUT and for server-side apply, which carry the name, and not for POST', async () => {
    expect(await codeOf(narrow.create(journal('fairlead.web'), BY))).toBe('ACCESS_DENIED')
    expect(await codeOf(narrow.apply(journal('other'), BY))).toBe('ACCESS_DENIED')
    expect(await codeOf(narrow.apply(journal('fairlead.web'), BY))).toBe('done')
    expect(await codeOf(narrow.replace(lease, BY))).toBe('done')
  })
})
