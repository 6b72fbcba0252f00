import { afterAll, describe, expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { account, endpoint, kubectl, type Place } from '../cluster.ts'
import { evictorAt, type Evictor } from '../evictions.ts'
import { deploy, Places, rollback, shopManifest, told } from './stage.ts'

const places = new Places()
const KINDS = ['canaries.flagger.app', 'rollouts.argoproj.io']
afterAll(async () => {
  await Promise.all([places.remove(), ...KINDS.map((name) => kubectl(['delete', 'crd', name, '--ignore-not-found', '--wait=false']))])
})

interface Item {
  readonly metadata: { readonly name: string; readonly uid: string; readonly labels?: Readonly<Record<string, string>>; readonly deletionTimestamp?: string }
  readonly spec?: object
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

interface Listed {
  readonly items: readonly Item[]
}

async function evictorIn(place: Place): Promise<Evictor> {
  const rules = [
    { apiGroups: [''], resources: ['pods', 'services'], verbs: ['get', 'list'] },
    { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  ]
  return evictorAt(await endpoint(), await account(place, 'drainer', rules))
}

/** The sample with a budget of its own. */
async function guarded(budget: object, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const objects = parseAllDocuments(await shopManifest({ env })).map((document) => document.toJS() as Record<string, unknown>)
  return objects
    .map((object) =>
      stringify(object['kind'] === 'PodDisruptionBudget' ? { ...object, spec: { ...budget, selector: { matchLabels: { app: 'shop' } } } } : object),
    )
    .join('---\n')
}

/** The budgets of a place, by name, with what they select. */
async function budgetsIn({ kubectl: inside }: Place): Promise<Readonly<Record<string, unknown>>> {
  const { items } = JSON.parse(await inside('get', 'poddisruptionbudgets', '-o', 'json')) as Listed
  return Object.fromEntries(items.map(({ metadata, spec }) => [metadata.name, (spec as { readonly selector?: unknown }).selector]))
}

/** Asks, over and over while something runs, what an eviction of each Pod would be answered. */
async function whileEvicting(place: Place, act: () => Promise<unknown>): Promise<{ readonly wrong: readonly string[]; readonly asked: number }> {
  const evictor = await evictorIn(place)
  const state = { over: false, asked: 0 }
  const wrong = new Set<string>()
  const selector = async () => {
    const service = await evictor.read<Item>(`/api/v1/namespaces/${place.namespace}/services/shop`)
    return (service.spec as { readonly selector: Readonly<Record<string, string>> }).selector
  }
  const look = async () => {
    const { items } = await evictor.read<Listed>(`/api/v1/namespaces/${place.namespace}/pods?labelSelector=app%3Dshop`)
    for (const { metadata, status } of items.filter((pod) => isReady(pod) && !isBeingDeleted(pod))) {
      const before = await selector()
      const answer = await evictor.evict(place.namespace, metadata.name, { dryRun: true })
      const leads = [before, await selector()].every((each) => Object.entries(each).every(([key, value]) => metadata.labels?.[key] === value))
      state.asked += 1
      if (answer.status >= 500) wrong.add(`${metadata.name}: ${answer.message}`)
      if (leads && answer.status === 201)
        wrong.add(`${metadata.name} serves, is ${JSON.stringify(status?.conditions?.length)} conditions old, and may be evicted`)
    }
  }
  const looking = (async () => {
    while (!state.over) await look()
  })()
  await act().finally(() => (state.over = true))
  await looking
  return { wrong: [...wrong], asked: state.asked }
}

function isReady({ status }: Item): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true
}

/** Such a Pod may always be evicted: it goes anyway. One that the release before has left still carries the labels of a slot that is gone back to. */
function isBeingDeleted({ metadata }: Item): boolean {
  return metadata.deletionTimestamp !== undefined
}

/** Evicts every Pod that a selector names, at once and in earnest; answers the statuses, in order. */
async function drain(place: Place, selector: string): Promise<readonly number[]> {
  const evictor = await evictorIn(place)
  const { items } = await evictor.read<Listed>(`/api/v1/namespaces/${place.namespace}/pods?labelSelector=${encodeURIComponent(selector)}`)
  const answers: number[] = []
  for (const { metadata } of items) answers.push((await evictor.evict(place.namespace, metadata.name)).status)
  return answers.toSorted((one, other) => one - other)
}

const OWN = { shop: { matchLabels: { app: 'shop' } } }

describe('a PodDisruptionBudget', () => {
  test('covers what serves at every moment of a release and of its way back, and no Pod is ever under two', async () => {
    const place = await places.make('budgets')
    // Nobody under it may be evicted: a Pod that may is under none.
    const budget = { maxUnavailable: 0 }
    await deploy(place, { manifest: await guarded(budget), inputs: {} })
    const forth = await whileEvicting(place, async () => {
      const record = await deploy(place, { manifest: await guarded(budget, { GREETING_2: 'x' }), inputs: {} })
      expect(told(record), record.raw).toMatchObject({ exit: 0, slot: 'green' })
    })
    expect(forth.wrong).toEqual([])
    expect(forth.asked).toBeGreaterThan(20)
    expect(await budgetsIn(place)).toEqual(OWN)
    const back = await whileEvicting(place, async () => {
      const record = await rollback(place)
      expect(told(record), record.raw).toMatchObject({ exit: 0, release: '1' })
    })
    expect(back.wrong).toEqual([])
    expect(await budgetsIn(place)).toEqual(OWN)
  })

  test('keeps what serves from being evicted whole while a candidate is parked beside it, and is given back', async () => {
    const place = await places.make('parked-budget')
    const budget = { minAvailable: 2 }
    await deploy(place, { manifest: await guarded(budget), inputs: {} })
    const parked = await deploy(place, { manifest: await guarded(budget, { GREETING_2: 'x' }), inputs: { 'stop-after': 'verified' } })
    expect(told(parked), parked.raw).toMatchObject({ conclusion: 'parked' })
    expect(await drain(place, 'fairlead.dev/slot=blue')).toEqual([201, 429, 429])
    const back = await rollback(place)
    expect(told(back), back.raw).toMatchObject({ exit: 0 })
    expect(await budgetsIn(place)).toEqual(OWN)
  })

  test('of an adopted Deployment is its user’s own again in the end', async () => {
    const place = await places.make('adopted-budget')
    await place.apply(await guarded({ minAvailable: 2 }))
    await place.kubectl('rollout', 'status', 'deployment/shop', '--timeout=120s')
    const parked = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2', 'stop-after': 'verified' } })
    expect(told(parked), parked.raw).toMatchObject({ conclusion: 'parked' })
    expect(await drain(place, 'app=shop,!fairlead.dev/slot')).toEqual([201, 429, 429])
    await place.kubectl('wait', '--for=condition=Ready', 'pod', '-l', 'app=shop', '--timeout=60s')
    const record = await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    expect(told(record), record.raw).toMatchObject({ exit: 0, slot: 'blue' })
    expect(await budgetsIn(place)).toEqual(OWN)
  })
})

describe('what else moves traffic', () => {
  test.for([
    {
      kind: 'Canary',
      group: 'flagger.app',
      version: 'v1beta1',
      plural: 'canaries',
      spec: { targetRef: { kind: 'Deployment', name: 'shop' } },
      by: 'Flagger Canary',
    },
    {
      kind: 'Rollout',
      group: 'argoproj.io',
      version: 'v1alpha1',
      plural: 'rollouts',
      spec: { workloadRef: { kind: 'Deployment', name: 'shop' } },
      by: 'Argo Rollout',
    },
  ])('is refused before anything is written: $by', async ({ kind, group, version, plural, spec, by }) => {
    const place = await places.make(plural)
    await kubectl(['apply', '-f', '-'], stringify(definition({ kind, group, version, plural })))
    await kubectl(['wait', '--for=condition=Established', `crd/${plural}.${group}`, '--timeout=30s'])
    await place.apply({ apiVersion: `${group}/${version}`, kind, metadata: { name: 'mine' }, spec })
    const record = await deploy(place, { manifest: await shopManifest({ replicas: 1 }), inputs: {} })
    expect(record.raw).toContain(`is driven by ${by} mine`)
    expect({ ...told(record), budgets: await budgetsIn(place) }).toMatchObject({ exit: 1, fault: 'UNSUPPORTED', budgets: {} })
  })
})

function definition({ kind, group, version, plural }: Readonly<Record<'kind' | 'group' | 'version' | 'plural', string>>): object {
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ name: version, served: true, storage: true, schema }],
    },
  }
}
