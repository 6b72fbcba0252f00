import type { KubeObject } from '@fairlead/kube'
import { describe, expect, test } from 'vitest'
import { releaseNotes, releaseRefusals, type Standing } from '../../src/index.ts'
import { appText, budgetText, options, Stage, web } from '../stage.ts'

const own = appText('web', { version: '0', service: true })
const policy = (name: string, spec: string) => `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`
const deployment = (name: string, labels: string) =>
  `---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec: {selector: {matchLabels: {${labels}}}, template: {metadata: {labels: {${labels}}}, spec: {containers: []}}}\n`

interface Case {
  readonly name: string
  readonly users?: string
  readonly release?: ReturnType<typeof web>
  readonly change?: (standing: Standing) => Standing
  readonly refused?: readonly string[]
  readonly noted?: readonly string[]
}

function changed(object: KubeObject | undefined, metadata: Partial<KubeObject['metadata']>, spec: object = {}): KubeObject | undefined {
  return object === undefined ? undefined : { ...object, metadata: { ...object.metadata, ...metadata }, spec: { ...(object.spec as object), ...spec } }
}

function driver(apiVersion: string, kind: string, spec: object): (standing: Standing) => Standing {
  return (standing) => ({ ...standing, drivers: { items: [{ apiVersion, kind, metadata: { name: 'mine', namespace: 'shop' }, spec }] } })
}

function onService(metadata: Partial<KubeObject['metadata']>, spec: object = {}): (standing: Standing) => Standing {
  return (standing) => ({ ...standing, service: changed(standing.service, metadata, spec) })
}

const driven = (by: string) => [`Deployment "shop/web": is driven by ${by}, which moves its traffic by itself, expected nobody else to, got both`]
const rollout = (spec: object) => driver('argoproj.io/v1alpha1', 'Rollout', spec)
const canary = (spec: object) => driver('flagger.app/v1beta1', 'Canary', spec)
const helm = { labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: { 'meta.helm.sh/release-name': 'store' } }
const ofCanary = { ownerReferences: [{ apiVersion: 'flagger.app/v1beta1', kind: 'Canary', name: 'mine', uid: 'c', controller: true }] }

const CASES: readonly Case[] = [
  { name: 'nothing about neighbours that are none of its' },
  {
    name: 'an Argo Rollout that refers to the Deployment',
    change: rollout({ workloadRef: { kind: 'Deployment', name: 'web' } }),
    refused: driven('Argo Rollout mine'),
  },
  { name: 'an Argo Rollout that selects its Pods', change: rollout({ selector: { matchLabels: { app: 'web' } } }), refused: driven('Argo Rollout mine') },
  { name: 'nothing about an Argo Rollout of another Deployment', change: rollout({ workloadRef: { kind: 'Deployment', name: 'api' } }) },
  { name: 'a Flagger Canary of the Deployment', change: canary({ targetRef: { kind: 'Deployment', name: 'web' } }), refused: driven('Flagger Canary mine') },
  { name: 'nothing about a Flagger Canary of another Deployment', change: canary({ targetRef: { kind: 'Deployment', name: 'api' } }) },
  { name: 'a Service that Flagger made', change: onService(ofCanary), refused: driven('Flagger Canary mine') },
  {
    name: 'a Deployment that Flagger made beside it',
    change: (standing) => ({ ...standing, others: [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web-primary', ...ofCanary } }] }),
    refused: driven('Flagger Canary mine'),
  },
  {
    name: 'a Service that an Argo Rollout moves',
    change: onService({ annotations: { 'argo-rollouts.argoproj.io/managed-by-rollouts': 'mine' } }),
    refused: driven('Argo Rollout mine'),
  },
  {
    name: 'Pods of an Argo Rollout behind the Service',
    change: (standing) => ({
      ...standing,
      pods: standing.pods.flatMap(
        (pod) =>
          changed(pod, {
            labels: { app: 'web', 'rollouts-pod-template-hash': '5d4f8' },
            ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'mine-5d4f8', uid: 'r', controller: true }],
          }) ?? [],
      ),
    }),
    refused: driven('Argo Rollout mine'),
  },
  {
    name: 'kinds that may not be read',
    change: (standing) => ({ ...standing, drivers: { items: [], unseen: 'this account may not list canaries.flagger.app of namespace "shop"' } }),
    noted: [
      'this account may not list canaries.flagger.app of namespace "shop", so nobody knows whether an Argo Rollout or a Flagger Canary moves the same traffic',
    ],
  },
  {
    name: 'a Helm release',
    change: onService(helm),
    noted: [
      'Service "shop/web" belongs to Helm release store: outside of Fairlead, "helm upgrade" with --server-side=false keeps what the Service leads to, but sets a standby at 0 back to the replicas of its manifest; with server-side apply, the default of Helm 4, it fails on the selector of the Service, and with force it opens the Service to both slots',
    ],
  },
  {
    name: 'a NetworkPolicy of a label that the new Pods lack',
    users: `${own.replace('labels: {app: web}', 'labels: {app: web, tier: front}')}${policy('front', '{podSelector: {matchLabels: {tier: front}}}')}`,
    noted: ['NetworkPolicy "shop/front" applies to the Pods that serve now and not to the new ones, which lack tier=front'],
  },
  {
    name: 'a NetworkPolicy whose peers are of a label that the new Pods lack',
    users: `${own.replace('labels: {app: web}', 'labels: {app: web, tier: front}')}${policy('db', '{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {tier: front}}}]}]}')}`,
    noted: ['NetworkPolicy "shop/db" lets in what the Pods that serve now send, and not so for the new ones, which lack tier=front'],
  },
  {
    name: 'nothing about NetworkPolicies that apply to both',
    users: `${own}${policy('web', '{podSelector: {matchLabels: {app: web}}, egress: [{to: [{podSelector: {}}]}]}')}`,
  },
  {
    name: 'two PodDisruptionBudgets on the same Pods',
    users: `${own}---\n${budgetText('web')}---\n${budgetText('web', 'also')}`,
    noted: ['PodDisruptionBudget "shop/web" and "shop/also" cover the same Pods of web: every eviction of one fails, here and without us'],
  },
  {
    name: 'a PodDisruptionBudget that covers another Deployment too',
    users: `${own}---\n${budgetText('web')}${deployment('worker', 'app: web, part: worker')}`,
    noted: [
      'PodDisruptionBudget "shop/web" also covers Deployment worker, so it is left as it is: while web-blue and web-green both have Pods, it counts them as one',
    ],
  },
]

describe('releaseRefusals and releaseNotes', () => {
  test.for(CASES)('say of neighbours: $name', async ({ users = own, release = web('1'), change = (standing) => standing, refused = [], noted = [] }) => {
    const stage = await new Stage().users(users)
    const [standing] = await stage.observe()
    const [app] = release.apps
    if (standing === undefined || app === undefined) throw new Error('expected one app')
    const problems = releaseRefusals(change(standing), { release: app, options: options(), claims: new Map() })
    // What its template lacks is said elsewhere.
    const said = releaseNotes(change(standing), app).filter((note) => !note.startsWith('container '))
    expect({ refused: problems.map(({ message }) => message), noted: said }).toEqual({ refused, noted })
  })
})

describe('observeApps', () => {
  test('reads custom kinds and NetworkPolicies only before an app is ours', async () => {
    const stage = await new Stage().users(own)
    await stage.deploy(web('1', { service: false }))
    const from = stage.cluster.script.requests.length
    await stage.observe()
    expect(stage.cluster.script.requests.slice(from).map(({ kind }) => kind)).not.toContain('NetworkPolicy')
  })

  test('says so where NetworkPolicies may not be read, and goes on', async () => {
    const stage = await new Stage().users(own)
    stage.cluster.script.deny({ resource: 'networkpolicies' })
    const [standing] = await stage.observe()
    expect(standing?.policies).toEqual({ items: [], unseen: 'this account may not list networkpolicies of namespace "shop"' })
  })
})
