import { deadlineIn, isFault, systemClock } from '@fairlead/base'
import { awaitPicture, follow, parseManifests, valueAt, type Cluster, type KubeObject } from '@fairlead/kube'
import { connectCluster } from '@fairlead/kube/client'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { NO_INPUTS, testHost } from './test-host.ts'

const BY = { manager: 'pods-test' }
const namespace = `pods-${process.pid}-${Date.now().toString(36)}`
const image = process.env['FAIRLEAD_TEST_IMAGE'] ?? '127.0.0.1:5000/shop:1'
const labels = { app: 'shop' }
const DEPLOYMENT: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'shop', namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'shop', image }] } },
  },
}

let cluster: Cluster
let pod: string

beforeAll(async () => {
  cluster = await connectCluster({ ...NO_INPUTS, namespace }, testHost({ environment: process.env, workspace: process.cwd() }))
  await cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, BY)
  await cluster.apply(DEPLOYMENT, BY)
  pod = await readyPod()
}, 120_000)
afterAll(async () => {
  await cluster.delete({ resource: await cluster.resourceNamed('ns'), name: namespace })
  cluster.close()
})

/** Waits the way a rollout does: three kinds followed, one judgement. */
async function readyPod(): Promise<string> {
  const kinds = await Promise.all(['deploy', 'rs', 'po'].map((name) => cluster.resourceNamed(name)))
  const followed = kinds.map((resource) => follow(cluster, { resource, namespace }, { clock: systemClock }))
  const available = () => (valueAt(followed[0]?.objects()[0], ['status', 'availableReplicas']) === 2 ? followed[2]?.objects()[0]?.metadata.name : undefined)
  const name = await awaitPicture(followed, available, { clock: systemClock, deadline: deadlineIn(systemClock, 90_000) })
  for (const each of followed) each.stop()
  if (name === undefined) throw new Error(`two Pods of ${image} did not become ready`)
  return name
}

describe('a running Pod', () => {
  test('has a log, and none of a previous life or of a container it does not have', async () => {
    expect(await cluster.logs({ namespace, pod, container: 'shop', tailLines: 5 })).toEqual(expect.any(String))
    expect(await cluster.logs({ namespace, pod, container: 'shop', previous: true })).toBeUndefined()
    expect(await cluster.logs({ namespace, pod, container: 'nobody' })).toBeUndefined()
  })

  test('answers through the API server', async () => {
    const answer = await cluster.proxy({ namespace, target: 'pods', name: pod, port: 8080, path: '/?a=1', timeout: 5_000 })
    expect(answer).toMatchObject({ status: 200, body: expect.stringMatching(/./) })
  })

  test('that does not listen is an answer, not a Fault', async () => {
    expect(await cluster.proxy({ namespace, target: 'pods', name: pod, port: 9, path: '/', timeout: 5_000 })).toMatchObject({ status: 503 })
  })
})

describe('an account that may not', () => {
  const user = `system:serviceaccount:${namespace}:default`
  const limited = async () => {
    const config = parse(readFileSync(process.env['KUBECONFIG'] ?? '', 'utf8')) as { users: { user: Record<string, unknown> }[] }
    for (const each of config.users) each.user['as'] = user
    return connectCluster({ ...NO_INPUTS, kubeconfig: stringify(config), namespace }, testHost())
  }

  test('is told the very rule that lets it', async () => {
    const other = await limited()
    const resource = await other.resourceNamed('deploy')
    const patch = () => other.patch({ resource, name: 'shop' }, [{ op: 'add', path: '/metadata/labels', value: { patched: 'yes' } }], BY)
    const fault = await patch().catch((error: unknown) => error)
    expect(fault).toMatchObject({
      code: 'ACCESS_DENIED',
      message: expect.stringMatching(/^Deployment "pods-.*\/shop": this account may not patch deployments: /),
    })
    const [first = '', ...rule] = isFault(fault) ? (fault.hint ?? '').split('\n') : []
    expect(first).toBe(`Add this rule to a Role of namespace ${namespace} of the account:`)
    expect(await other.may({ verb: 'patch', group: 'apps', resource: 'deployments', namespace })).toBe(false)
    const role = `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: told, namespace: ${namespace}}\nrules:\n${rule.join('\n')}\n`
    const binding = `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: told, namespace: ${namespace}}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: told}\nsubjects:\n- {kind: ServiceAccount, name: default, namespace: ${namespace}}\n`
    for (const { object } of parseManifests([{ file: 'told.yaml', text: `${role}---\n${binding}` }])) await cluster.apply(object, BY)
    await expect.poll(() => other.may({ verb: 'patch', group: 'apps', resource: 'deployments', namespace })).toBe(true)
    expect((await patch()).metadata.labels).toEqual({ patched: 'yes' })
    other.close()
  })

  test('ends a follow at once', async () => {
    const other = await limited()
    const followed = follow(other, { resource: await other.resourceNamed('secrets'), namespace }, { clock: systemClock })
    await expect(followed.synced).rejects.toMatchObject({ code: 'ACCESS_DENIED', hint: expect.stringContaining('resources: ["secrets"]\n  verbs: ["list"]') })
    other.close()
  })
})

describe('the API server', () => {
  test('puts a mistake in words, with every field', async () => {
    const wrong = { ...DEPLOYMENT, metadata: { name: 'wrong', namespace }, spec: { ...(DEPLOYMENT.spec as object), replicas: -1, replcias: 2 } }
    await expect(cluster.apply(wrong, BY)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/^Deployment ".*\/wrong": the API server refused it: .*replcias/),
    })
    const negative = { ...DEPLOYMENT, metadata: { name: 'wrong', namespace }, spec: { ...(DEPLOYMENT.spec as object), replicas: -1 } }
    await expect(cluster.apply(negative, BY)).rejects.toMatchObject({
      code: 'INPUT_INVALID',
      problems: [{ message: expect.stringContaining('spec.replicas: ') }],
    })
  })
})
