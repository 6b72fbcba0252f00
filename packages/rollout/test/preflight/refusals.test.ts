import { describe, expect, test } from 'vitest'
import { parseChecks } from '@fairlead/health/checks'
import { releaseRefusals, type Standing } from '../../src/index.ts'
import { appText, options, releaseOf, Stage, web } from '../stage.ts'

const own = appText('web', { version: '0', service: true, autoscaler: true })

interface Case {
  readonly name: string
  readonly users?: string
  readonly release?: ReturnType<typeof web>
  readonly change?: (standing: Standing) => Standing
  readonly onParked?: 'refuse'
  readonly checks?: ReturnType<typeof parseChecks>
  readonly says: readonly string[]
}

function marked(standing: Standing, annotations: Readonly<Record<string, string>>): Standing {
  const { service } = standing
  return service === undefined ? standing : { ...standing, service: { ...service, metadata: { ...service.metadata, annotations } } }
}

const CASES: readonly Case[] = [
  { name: 'nothing is in the way of an adoption', says: [] },
  {
    name: 'no Service anywhere',
    users: '',
    release: releaseOf({ web: { version: '1' } }),
    says: ['Service "shop/web": leads users to web, expected it to be there or in the manifests, got neither'],
  },
  {
    name: 'a Deployment paused by somebody else',
    change: (standing) => (standing.plain === undefined ? standing : { ...standing, plain: { ...standing.plain, paused: true } }),
    says: ['Deployment "shop/web": is paused, expected it to roll freely, got paused: true by somebody else'],
  },
  {
    name: 'owned by Argo CD',
    change: (standing) => marked(standing, { 'argocd.argoproj.io/tracking-id': 'x' }),
    says: [
      'Service "shop/web": is owned by Argo CD, which would revert every change, expected an object that nobody syncs, got argocd.argoproj.io/tracking-id',
    ],
  },
  { name: 'no replicas', release: web('1', { replicas: 0 }), says: ['Deployment "web": asks for no Pods, expected at least 1 replica, got 0'] },
  {
    name: 'a selector that differs',
    users: own.replace('selector: {app: web}', 'selector: {app: web, tier: front}').replaceAll('labels: {app: web}', 'labels: {app: web, tier: front}'),
    says: [
      'Deployment "shop/web": its Pods would not be selected by Service web, expected the labels app=web,tier=front, got app=web',
      'Service "shop/web": selects app=web,tier=front, expected the same in the manifest, got app=web',
    ],
  },
  {
    name: 'a port that leads elsewhere',
    users: own.replace('targetPort: 8080', 'targetPort: 9090'),
    says: ['Service "shop/web": port 80 leads to 9090 in the Pods that serve, expected the same in the manifest, got 8080'],
  },
  {
    name: 'a stranger in a slot',
    users: `${own}---\n${appText('web-green', { version: '7' })}`,
    says: ['Deployment "shop/web-green": has the name of a slot of web, expected one of ours or none, got a Deployment without fairlead.dev/app: web'],
  },
  {
    name: 'a second Service on the same Pods',
    users: `${own}---\napiVersion: v1\nkind: Service\nmetadata: {name: also}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n`,
    says: ['Service "shop/also": also leads to the Pods of web, expected only web to, since it would lead users to Pods nobody has verified'],
  },
  {
    name: 'nothing about a headless one, and one that is narrowed to a slot',
    users: `${own}---\napiVersion: v1\nkind: Service\nmetadata: {name: metrics}\nspec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: blue}\nspec: {selector: {app: web, fairlead.dev/slot: blue}, ports: [{port: 80}]}\n`,
    says: [],
  },
  {
    name: 'a check on a port the Service does not have',
    checks: parseChecks([{ path: '/', on: 'service', port: 99 }]),
    says: ['input "checks": GET / on the Service: 200 within 2s, 3 times: expected a port of Service web, which has 80, got 99'],
  },
  {
    name: 'a slot that was taken out of the selector',
    change: (standing) => ({
      ...standing,
      kept: {
        ...standing.kept,
        journal: { ...standing.kept.journal, active: { backend: { type: 'slot', slot: 'green' }, release: { number: 4, identity: 'x', images: [] } } },
      },
    }),
    says: [
      'Service "shop/web": leads to every Pod of web, since somebody has taken the slot out of its selector, or another Service is meant, expected it to lead to green, where release 4 serves',
    ],
  },
  {
    name: 'another release on its way',
    onParked: 'refuse',
    change: (standing) => ({
      ...standing,
      kept: {
        ...standing.kept,
        journal: {
          ...standing.kept.journal,
          rollout: { release: { number: 4, identity: 'x', images: [] }, slot: 'blue', created: [], step: 'verified', state: 'parked', moving: false },
        },
      },
    }),
    says: ['app "shop/web": release 4 is parked at verified, expected nothing in between, as on-parked: refuse asks'],
  },
]

describe('releaseRefusals', () => {
  test.for(CASES)('$name', async ({ users = own, release = web('1'), change = (standing) => standing, onParked, checks = [], says }) => {
    const stage = await new Stage().users(users)
    const [standing] = await stage.observe()
    const [app] = release.apps
    if (standing === undefined || app === undefined) throw new Error('expected one app')
    const problems = releaseRefusals(change(standing), {
      release: app,
      options: options({ checks, ...(onParked === undefined ? {} : { onParked }) }),
      claims: new Map(),
    })
    expect(problems.map(({ message }) => message)).toEqual(says)
    expect(problems.filter(({ hint }) => hint === undefined)).toEqual([])
  })
})
