import { runBundle, type StepRecord } from '@fairlead/bundle'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { account, ACTIONS, endpoint, kubeconfig, type Place } from '../cluster.ts'
import { roleOf, withoutOne, type Rule } from '../role.ts'
import { causeOf, deploy, Places, QUICK, shopManifest, told } from './stage.ts'

const places = new Places()
afterAll(() => places.remove())

/** The sample, its PodDisruptionBudget with it, on one Pod. */
async function lean(env: Readonly<Record<string, string>> = {}): Promise<string> {
  return await shopManifest({ env, replicas: 1 })
}

async function as(place: Place, name: string, rules: readonly Rule[]): Promise<string> {
  return kubeconfig(await endpoint(), { token: await account(place, name, rules) })
}

/** An HPA, a check on Pods and one on the Service: every rule of the Role has something to do. */
const ALL = { checks: '- path: /healthz\n- path: /\n  on: service' }

describe('the Role of the README', () => {
  test('is all that deploy-bluegreen needs, and no verb of it can go', async () => {
    const place = await places.make('role')
    const rules = await roleOf('deploy-bluegreen')
    const whole = await as(place, 'whole', rules)
    const first = await deploy(place, { manifest: await lean(), inputs: ALL, kubeconfig: whole })
    expect(told(first), first.raw).toMatchObject({ exit: 0, release: '1' })
    await place.kubectl('autoscale', 'deployment', 'shop-blue', '--name=shop', '--min=1', '--max=2', '--cpu-percent=90')
    const crashing = await lean({ CRASH_AFTER: '100ms' })
    for (const [index, { verb, rules: lesser }] of withoutOne(rules).entries()) {
      const record = await deploy(place, { manifest: crashing, inputs: ALL, kubeconfig: await as(place, `lesser-${index}`, lesser) })
      // Without Events or logs it still judges, and says what it could not read.
      expect(record.outputs['fault'] === 'ACCESS_DENIED' || /may not/.test(record.raw), `${verb} of ${JSON.stringify(lesser)}: ${record.raw}`).toBe(true)
    }
    const crash = await deploy(place, { manifest: crashing, inputs: ALL, kubeconfig: whole })
    expect({ ...told(crash), cause: causeOf(crash) }, crash.raw).toMatchObject({ exit: 1, cause: 'crash', release: '1' })
    expect(crash.raw).toContain('panic: cannot open database')
    const good = await deploy(place, { manifest: await lean({ GREETING_2: 'x' }), inputs: ALL, kubeconfig: whole })
    // Numbers that were refused are not given again.
    expect(told(good), good.raw).toMatchObject({ exit: 0, slot: 'green' })
  })

  test('is all that rollback needs, and no verb of it can go', async () => {
    const place = await places.make('role-back')
    await deploy(place, { manifest: await lean(), inputs: {} })
    await deploy(place, { inputs: { image: '127.0.0.1:5000/shop:2' } })
    await place.kubectl('autoscale', 'deployment', 'shop-green', '--name=shop', '--min=1', '--max=2', '--cpu-percent=90')
    const rules = (await roleOf('rollback')).map((rule) => ('resourceNames' in rule ? { ...rule, resourceNames: ['fairlead.shop'] } : rule))
    for (const [index, { verb, rules: lesser }] of withoutOne(rules).entries()) {
      // Its reasons are read only where there is something to explain.
      if (lesserOf(rules, lesser).some((resource) => resource === 'events' || resource === 'pods/log')) continue
      const record = await back(place, await as(place, `lesser-${index}`, lesser))
      expect(record.outputs['fault'], `${verb} of ${JSON.stringify(lesser)}: ${record.raw}`).toBe('ACCESS_DENIED')
    }
    const whole = await back(place, await as(place, 'whole', rules))
    expect(told(whole), whole.raw).toMatchObject({ exit: 0, release: '1' })
  })
})

/** The resources whose verbs are fewer. */
function lesserOf(all: readonly Rule[], lesser: readonly Rule[]): readonly string[] {
  const verbs = (rules: readonly Rule[]) => rules.flatMap((rule) => rule.resources.flatMap((resource) => rule.verbs.map((verb) => `${resource} ${verb}`)))
  const left = verbs(lesser)
  return verbs(all)
    .filter((each) => !left.includes(each))
    .map((each) => each.split(' ')[0] ?? '')
}

function back(place: Place, config: string): Promise<StepRecord> {
  return runBundle({
    action: join(ACTIONS, 'rollback'),
    inputs: { app: 'shop', namespace: place.namespace, kubeconfig: config, drain: QUICK.drain },
  })
}
