import { runBundle, type StepRecord } from '@fairlead/bundle'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { account, ACTIONS, endpoint, kubeconfig, type Place } from '../cluster.ts'
import { roleOf, withoutOne, type Rule } from '../role.ts'
import { causeOf, deploy, Places, QUICK, shopManifest, standOf, told } from './stage.ts'

const places = new Places()
afterAll(() => places.remove())

/** The sample, its PodDisruptionBudget with it, on one Pod. */
async function lean(env: Readonly<Record<string, string>> = {}): Promise<string> {
  return await shopManifest({ env, replicas: 1 })
}

async function as(place: Place, name: string, rules: readonly Rule[]): Promise<string> {
  return kubeconfig(await endpoint(), { token: await account(place, name, rules) })
}

/** The Role as somebody whose app is called shop would apply it. */
async function shopRole(action: string): Promise<readonly Rule[]> {
  return (await roleOf(action)).map((rule) => (rule.resourceNames === undefined ? rule : { ...rule, resourceNames: ['fairlead.shop'] }))
}

/** An HPA, a check on Pods and one on the Service: every rule of the Role has something to do. */
const ALL = { checks: '- path: /healthz\n- path: /\n  on: service' }

/** Without Events or logs a release still judges, and says what it could not read. */
const EXPLAINING = ['events', 'pods/log']

describe('the Role of the README', () => {
  test('is all that deploy-bluegreen needs, and no verb of it can go', async () => {
    const place = await places.make('role')
    const rules = await shopRole('deploy-bluegreen')
    const whole = await as(place, 'whole', rules)
    const first = await deploy(place, { manifest: await lean(), inputs: ALL, kubeconfig: whole })
    expect(told(first), first.raw).toMatchObject({ exit: 0, release: '1' })
    await place.kubectl('autoscale', 'deployment', 'shop-blue', '--name=shop', '--min=1', '--max=2', '--cpu-percent=90')
    const crashing = await lean({ CRASH_AFTER: '100ms' })
    for (const [index, { resource, verb, rules: lesser }] of withoutOne(rules).entries()) {
      const record = await deploy(place, { manifest: crashing, inputs: ALL, kubeconfig: await as(place, `lesser-${index}`, lesser) })
      const says = EXPLAINING.includes(resource) ? /may not/.exec(record.raw)?.[0] : record.outputs['fault']
      expect(says, `${verb} on ${resource}: ${record.raw}`).toBe(EXPLAINING.includes(resource) ? 'may not' : 'ACCESS_DENIED')
    }
    await lock(place, { purpose: 'release', seconds: 15 })
    const crash = await deploy(place, { manifest: crashing, inputs: ALL, kubeconfig: whole })
    expect({ ...told(crash), cause: causeOf(crash) }, crash.raw).toMatchObject({ exit: 1, cause: 'crash', release: '1' })
    expect(crash.raw).toContain('panic: cannot open database')
    expect(crash.raw).toContain(`took the lock of shop from ${HOLDER}: it was not renewed for 15s`)
    await fillHistory(place)
    const good = await deploy(place, { manifest: await lean({ GREETING_2: 'x' }), inputs: ALL, kubeconfig: whole })
    // Numbers that were refused are not given again.
    expect(told(good), good.raw).toMatchObject({ exit: 0, slot: 'green' })
    expect((await standOf(place)).configMaps.filter((name) => name === FALLEN.record || name === FALLEN.config)).toEqual([])
  })

  test('is all that rollback needs, and no verb of it can go', async () => {
    const place = await places.make('role-back')
    await deploy(place, { manifest: await lean(), inputs: {} })
    await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    await deploy(place, { manifest: await lean({ GREETING_2: 'x' }), inputs: {} })
    await place.kubectl('autoscale', 'deployment', 'shop-blue', '--name=shop', '--min=1', '--max=2', '--cpu-percent=90')
    const rules = await shopRole('rollback')
    for (const [index, { resource, verb, rules: lesser }] of withoutOne(rules).entries()) {
      // Its reasons are read only where there is something to explain.
      if (EXPLAINING.includes(resource)) continue
      const record = await back(place, await as(place, `lesser-${index}`, lesser), { to: '1' })
      expect(record.outputs['fault'], `${verb} on ${resource}: ${record.raw}`).toBe('ACCESS_DENIED')
    }
    const whole = await as(place, 'whole', rules)
    await lock(place, { purpose: 'release', seconds: 60 })
    const before = await back(place, whole)
    expect(told(before), before.raw).toMatchObject({ exit: 0, release: '2', slot: 'green' })
    expect(before.raw).toContain(`took the lock of shop from ${HOLDER}: a rollback breaks it`)
    const older = await back(place, whole, { to: '1' })
    expect(told(older), older.raw).toMatchObject({ exit: 0, release: '1', slot: 'blue' })
  })
})

const HOLDER = 'somebody@elsewhere'

/** Leaves the lock of the app as a run that was killed would: whoever takes it has to fence the app off. */
async function lock(place: Place, { purpose, seconds }: { readonly purpose: string; readonly seconds: number }): Promise<void> {
  const now = `${new Date().toISOString().slice(0, -1)}000Z`
  const spec = { holderIdentity: HOLDER, leaseDurationSeconds: seconds, acquireTime: now, renewTime: now, leaseTransitions: 1_000 }
  await place.kubectl('delete', 'lease', 'fairlead.shop')
  await place.apply({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'fairlead.shop', annotations: { 'fairlead.dev/purpose': purpose } },
    spec,
  })
}

/** What the next release pushes out of the history. */
const FALLEN = { record: 'fairlead.shop.r109', config: 'shop-config-0123456789' } as const

interface History {
  readonly history: readonly { readonly release: object }[]
}

/** Makes the history as long as it may get, as ten releases would; the last of them with its record and a copy of configuration nobody else needs. */
async function fillHistory(place: Place): Promise<void> {
  const { data } = JSON.parse(await place.kubectl('get', 'configmap', 'fairlead.shop', '-o', 'json')) as { readonly data: { readonly journal: string } }
  const journal = JSON.parse(data.journal) as History
  const [newest] = journal.history
  const older = Array.from({ length: 9 }, (_, index) => ({ ...newest, release: { ...newest?.release, number: 101 + index, config: [] } }))
  const config = [{ kind: 'ConfigMap', name: FALLEN.config }]
  const history = [...journal.history, ...older.map((entry, index) => (index === 8 ? { ...entry, release: { ...entry.release, config } } : entry))]
  // Whoever takes the seal off vouches for what is there.
  await place.kubectl('annotate', 'configmap', 'fairlead.shop', 'fairlead.dev/sealed-')
  await place.kubectl(
    'patch',
    'configmap',
    'fairlead.shop',
    '--type=merge',
    '-p',
    JSON.stringify({ data: { journal: JSON.stringify({ ...journal, history }) } }),
  )
  for (const name of Object.values(FALLEN))
    await place.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { 'fairlead.dev/app': 'shop' } } })
}

function back(place: Place, config: string, inputs: Readonly<Record<string, string>> = {}): Promise<StepRecord> {
  return runBundle({
    action: join(ACTIONS, 'rollback'),
    inputs: { app: 'shop', namespace: place.namespace, kubeconfig: config, drain: QUICK.drain, ...inputs },
  })
}
