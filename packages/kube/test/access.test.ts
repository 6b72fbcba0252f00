import { missingAccess, roleYaml, type AccessQuestion, type AccessReviews, type GrantedRule, type NeededAccess } from '@fairlead/kube'
import { FakeCluster } from '@fairlead/kube/testing'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const GET_DEPLOYMENTS: GrantedRule = { verbs: ['get'], groups: ['apps'], resources: ['deployments'], names: [] }

/** An account with these rules, that writes down what it is asked. */
function account(
  rules: readonly GrantedRule[],
  { incomplete = false, may = () => false }: { incomplete?: boolean; may?: (question: AccessQuestion) => boolean } = {},
) {
  const asked: unknown[] = []
  const reviews: AccessReviews = {
    rules: async (namespace) => {
      asked.push(namespace)
      return { rules, incomplete }
    },
    may: async (question) => {
      asked.push(question)
      return may(question)
    },
  }
  return { asked, reviews }
}

describe('missingAccess', () => {
  test.each<{ name: string; needed: readonly NeededAccess[]; rules: readonly GrantedRule[]; missing: readonly NeededAccess[] }>([
    { name: 'nothing where nothing is needed', needed: [], rules: [], missing: [] },
    {
      name: 'nothing where one rule grants the whole',
      needed: [{ group: 'apps', resource: 'deployments', verbs: ['get'], names: ['web'], namespace: 'shop' }],
      rules: [GET_DEPLOYMENTS],
      missing: [],
    },
    {
      name: 'only the verbs that no rule grants, in their order',
      needed: [{ group: 'apps', resource: 'deployments', verbs: ['patch', 'get', 'delete'], namespace: 'shop' }],
      rules: [GET_DEPLOYMENTS],
      missing: [{ group: 'apps', resource: 'deployments', verbs: ['patch', 'delete'], namespace: 'shop' }],
    },
    {
      name: 'a subresource of its own',
      needed: [{ group: 'apps', resource: 'deployments/scale', verbs: ['get'], namespace: 'shop' }],
      rules: [GET_DEPLOYMENTS],
      missing: [{ group: 'apps', resource: 'deployments/scale', verbs: ['get'], namespace: 'shop' }],
    },
    {
      name: 'only the names that are not granted, together where they miss the same',
      needed: [{ group: '', resource: 'services', verbs: ['get', 'patch'], names: ['a', 'b', 'c'], namespace: 'shop' }],
      rules: [
        { verbs: ['get', 'patch'], groups: [''], resources: ['services'], names: ['b'] },
        { verbs: ['get'], groups: [''], resources: ['services'], names: ['a', 'c'] },
      ],
      missing: [{ group: '', resource: 'services', verbs: ['patch'], names: ['a', 'c'], namespace: 'shop' }],
    },
    {
      name: 'names apart that miss different verbs',
      needed: [{ group: '', resource: 'services', verbs: ['get', 'patch'], names: ['a', 'b'], namespace: 'shop' }],
      rules: [{ verbs: ['get'], groups: [''], resources: ['services'], names: ['a'] }],
      missing: [
        { group: '', resource: 'services', verbs: ['get', 'patch'], names: ['b'], namespace: 'shop' },
        { group: '', resource: 'services', verbs: ['patch'], names: ['a'], namespace: 'shop' },
      ],
    },
    {
      name: 'what is needed of all apart from what is needed of one',
      needed: [
        { group: '', resource: 'services', verbs: ['get'], namespace: 'shop' },
        { group: '', resource: 'services', verbs: ['get'], names: ['web'], namespace: 'shop' },
      ],
      rules: [],
      missing: [
        { group: '', resource: 'services', verbs: ['get'], namespace: 'shop' },
        { group: '', resource: 'services', verbs: ['get'], names: ['web'], namespace: 'shop' },
      ],
    },
    {
      name: 'list and watch without a name, apart from what names can narrow',
      needed: [{ group: '', resource: 'services', verbs: ['get', 'list', 'watch'], names: ['web'], namespace: 'shop' }],
      rules: [{ verbs: ['list', 'watch'], groups: [''], resources: ['services'], names: ['web'] }],
      missing: [
        { group: '', resource: 'services', verbs: ['get'], names: ['web'], namespace: 'shop' },
        { group: '', resource: 'services', verbs: ['list', 'watch'], namespace: 'shop' },
      ],
    },
    {
      name: 'what several needs say of one kind as one rule, once',
      needed: [
        { group: '', resource: 'pods', verbs: ['get', 'list'], namespace: 'shop' },
        { group: '', resource: 'pods', verbs: ['list', 'watch'], namespace: 'shop' },
      ],
      rules: [],
      missing: [{ group: '', resource: 'pods', verbs: ['get', 'list', 'watch'], namespace: 'shop' }],
    },
    {
      name: 'what stands in two namespaces apart',
      needed: [
        { group: '', resource: 'pods', verbs: ['get'], namespace: 'shop' },
        { group: '', resource: 'pods', verbs: ['get'], namespace: 'till' },
      ],
      rules: [],
      missing: [
        { group: '', resource: 'pods', verbs: ['get'], namespace: 'shop' },
        { group: '', resource: 'pods', verbs: ['get'], namespace: 'till' },
      ],
    },
  ])('answers $name', async ({ needed, rules, missing }) => {
    expect(await missingAccess(account(rules).reviews, needed)).toEqual(missing)
  })

  test('asks for the rules of each namespace once, and for nothing else where they are complete', async () => {
    const { asked, reviews } = account([])
    const needed = ['shop', 'till', 'shop'].map((namespace) => ({ group: '', resource: 'pods', verbs: ['get', 'list'], namespace }))
    await missingAccess(reviews, needed)
    expect(asked).toEqual(['shop', 'till'])
  })

  test('asks one by one what an incomplete list does not grant', async () => {
    const { asked, reviews } = account([GET_DEPLOYMENTS], { incomplete: true, may: ({ verb }) => verb === 'patch' })
    const needed = [{ group: 'apps', resource: 'deployments', verbs: ['get', 'patch', 'delete'], names: ['web'], namespace: 'shop' }]
    const deployment = { group: 'apps', resource: 'deployments', namespace: 'shop', name: 'web' }
    expect(await missingAccess(reviews, needed)).toEqual([{ ...needed[0], verbs: ['delete'] }])
    expect(asked).toEqual(['shop', { verb: 'patch', ...deployment }, { verb: 'delete', ...deployment }])
  })

  test('asks one by one what lies in no namespace', async () => {
    const { asked, reviews } = account([{ verbs: ['*'], groups: ['*'], resources: ['*'], names: [] }])
    const needed = [{ group: '', resource: 'nodes', verbs: ['list'] }]
    expect(await missingAccess(reviews, needed)).toEqual(needed)
    expect(asked).toEqual([{ verb: 'list', group: '', resource: 'nodes' }])
  })

  test('asks at most eight questions at once', async () => {
    const waiting: (() => void)[] = []
    let most = 0
    const may = () =>
      new Promise<boolean>((answer) => {
        most = Math.max(
          most,
          waiting.push(() => answer(true)),
        )
      })
    const verbs = Array.from({ length: 20 }, (_, index) => `verb-${index}`)
    const asking = missingAccess({ rules: async () => ({ rules: [], incomplete: true }), may }, [{ group: '', resource: 'pods', verbs, namespace: 'shop' }])
    for (let answered = 0; answered < verbs.length;) {
      await new Promise(setImmediate)
      for (const answer of waiting.splice(0)) {
        answer()
        answered += 1
      }
    }
    expect(await asking).toEqual([])
    expect(most).toBe(8)
  })

  test('passes on that a review got no answer', async () => {
    const lost = new Error('lost')
    const reviews: AccessReviews = { rules: () => Promise.reject(lost), may: async () => true }
    await expect(missingAccess(reviews, [{ group: '', resource: 'pods', verbs: ['get'], namespace: 'shop' }])).rejects.toBe(lost)
  })

  test('finds what a fake cluster denies', async () => {
    const cluster = new FakeCluster()
    cluster.script.deny({ verb: 'get', resource: 'pods', subresource: 'log' })
    const needed = [
      { group: '', resource: 'pods', verbs: ['get'], namespace: 'default' },
      { group: '', resource: 'pods/log', verbs: ['get'], namespace: 'default' },
    ]
    expect(await missingAccess(cluster, needed)).toEqual([needed[1]])
  })
})

describe('roleYaml', () => {
  const rules = [
    { group: '', resource: 'pods/log', verbs: ['get'] },
    { group: 'coordination.k8s.io', resource: 'leases', verbs: ['create', 'update'], names: ['fairlead.web'] },
  ]

  test('writes a Role to paste', () => {
    expect(roleYaml({ name: 'fairlead', namespace: 'shop', rules })).toBe(`apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: "fairlead"
  namespace: "shop"
rules:
- apiGroups: [""]
  resources: ["pods/log"]
  verbs: ["get"]
- apiGroups: ["coordination.k8s.io"]
  resources: ["leases"]
  verbs: ["create", "update"]
  resourceNames: ["fairlead.web"]
`)
  })

  test.each([
    { name: 'a Role', role: { name: '1e3', namespace: 'no', rules }, kind: 'Role', count: 2 },
    { name: 'a ClusterRole where there is no namespace', role: { name: 'true', rules }, kind: 'ClusterRole', count: 2 },
    { name: 'a Role without rules', role: { name: 'web', namespace: 'shop', rules: [] }, kind: 'Role', count: 0 },
  ])('writes YAML that is $name, names as they are', ({ role, kind, count }) => {
    const { rules: _, ...metadata } = role
    expect(parse(roleYaml(role))).toEqual({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind,
      metadata,
      rules: expect.toSatisfy((list: unknown[]) => list.length === count),
    })
  })
})
