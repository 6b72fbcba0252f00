import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runBundle, type BundleRun, type StepRecord } from '@fairlead/bundle'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { manifestOf } from '../../demo/manifest.ts'
import { VERSIONS, type Version } from '../../demo/versions.ts'
import { proxyApi } from './api-proxy.ts'
import { roleOf, withoutOne } from './role.ts'
import { hundred } from './hundred.ts'
import { account, ACTIONS, adminKubeconfig, endpoint, kubeconfig, makePlace, type Place } from './cluster.ts'

const HEALTH_CHECK = join(ACTIONS, 'health-check')
const HEALTHY = VERSIONS.find(({ cause }) => cause === undefined) as Version
const CRASHING = VERSIONS.find(({ cause }) => cause === 'crash') as Version
const places: Place[] = []

async function place(purpose: string): Promise<Place> {
  const made = await makePlace(purpose)
  places.push(made)
  return made
}
afterAll(() => Promise.all(places.map((each) => each.remove())))

const ask = (inputs: BundleRun['inputs'], more: Partial<BundleRun> = {}): Promise<StepRecord> =>
  runBundle({ action: HEALTH_CHECK, environment: { KUBECONFIG: adminKubeconfig() }, ...more, inputs: { timeout: '90s', ...inputs } })

describe('health-check on real workloads', () => {
  // The demo's own versions: what is shown is what is proven.
  test.each(VERSIONS.map((version) => [version.name, version] as const))('finds out about %s', async (name, version) => {
    const { namespace, apply } = await place(name)
    const manifest = await manifestOf(version)
    await apply(manifest)
    const record = await ask({ manifests: 'shop.yaml', namespace, timeout: version.timeout ?? '90s' }, { workspace: { 'shop.yaml': manifest } })
    const [first] = JSON.parse(record.outputs['diagnosis'] ?? '[]') as readonly { cause?: string }[]
    expect({ exit: record.exitCode, cause: first?.cause }, record.raw).toEqual({ exit: version.cause === undefined ? 0 : 1, cause: version.cause })
    if (version.cause === undefined) return
    const [annotation] = record.annotations
    expect(annotation?.properties['file']).toBe('shop.yaml')
    expect(Number(annotation?.properties['line'])).toBeGreaterThan(0)
    if (version.cause === 'crash') expect(record.log.join('\n')).toContain('panic: cannot open database')
  })

  test('is satisfied with the Role of its README, and needs every rule of it', async () => {
    const rules = await roleOf('health-check')
    const { namespace, apply, kubectl } = await place('role')
    await apply(await manifestOf(CRASHING))
    await kubectl('wait', 'deployment/shop', '--for=condition=Available=False', '--timeout=30s')
    const slow = await place('role-slow')
    await slow.apply(await manifestOf({ name: '', story: '', spoil: (container) => container.env.push({ name: 'READY_AFTER', value: '10m' }) }))
    const target = await endpoint()
    const judge = async (where: Place, name: string, rules: readonly unknown[]) => {
      const token = await account(where, name, rules)
      const inputs = { objects: 'deployment/shop', namespace: where.namespace, kubeconfig: kubeconfig(target, { token }), timeout: '8s' }
      return await ask(inputs, { environment: {} })
    }
    const crashing = { namespace, apply, kubectl, remove: async () => undefined }
    const whole = await judge(crashing, 'whole', rules)
    expect(
      { verdict: whole.outputs['verdict'], cause: whole.outputs['diagnosis']?.includes('"crash"'), log: whole.raw.includes('panic: cannot open database') },
      whole.raw,
    ).toEqual({ verdict: 'Degraded', cause: true, log: true })
    expect(whole.raw).not.toMatch(/may not/)
    for (const [index, { verb, rules: lesser }] of withoutOne(rules).entries()) {
      // A watch is needed by who waits, and a crash is found before that.
      const part = await judge(verb === 'watch' ? slow : crashing, `lesser-${index}`, lesser)
      // Without Events or logs it still judges, and says what it could not read.
      expect(part.outputs['fault'] === 'ACCESS_DENIED' || /may not/.test(part.raw), `${JSON.stringify(lesser)}: ${part.raw}`).toBe(true)
    }
  })

  test('asks checks of every Pod through the API server, and of the Service', async () => {
    const { namespace, apply } = await place('checks')
    await apply(await manifestOf({ name: '', story: '', spoil: (container) => container.env.push({ name: 'LIE', value: 'true' }) }))
    const lying = await ask({ objects: 'deployment/shop', namespace, checks: '- path: /' })
    expect({ exit: lying.exitCode, verdict: lying.outputs['verdict'] }, lying.raw).toEqual({ exit: 1, verdict: 'Degraded' })
    expect(lying.log.join('\n')).toMatch(/failed a check: expected status 200, got 500/)
    const honest = await place('honest')
    await honest.apply(await manifestOf(HEALTHY))
    const record = await ask({
      objects: 'deployment/shop\nservice/shop',
      namespace: honest.namespace,
      checks: '- path: /healthz\n- path: /\n  on: service\n  body: Welcome',
    })
    expect({ exit: record.exitCode, passed: record.log.filter((line) => line.includes(' passed ')).length }, record.raw).toEqual({ exit: 0, passed: 4 })
  })

  test('stops at once when it is cancelled in the middle of a wait', async () => {
    const { namespace, apply } = await place('cancel')
    await apply(await manifestOf({ name: '', story: '', spoil: (container) => container.env.push({ name: 'READY_AFTER', value: '10m' }) }))
    const record = await ask({ objects: 'deployment/shop', namespace }, { cancel: { when: 'Progressing' } })
    expect({ exit: record.exitCode, signal: record.signal, conclusion: record.outputs['conclusion'] }, record.raw).toEqual({
      exit: 1,
      signal: undefined,
      conclusion: 'cancelled',
    })
  })
})

describe('one hundred Deployments', () => {
  let namespace: string
  beforeAll(async () => {
    const made = await place('hundred')
    namespace = made.namespace
    await made.apply(await hundred())
  })

  test('are judged with at most ten requests beyond the watches', async () => {
    const { server, authority } = await endpoint()
    const api = await proxyApi(server, authority)
    const admin = parse(await readFile(adminKubeconfig(), 'utf8')) as { users: { user: Record<string, unknown> }[] }
    try {
      const record = await ask(
        {
          selector: 'suite=hundred',
          namespace,
          'allow-zero': 'true',
          'allow-insecure': 'true',
          kubeconfig: kubeconfig({ server: api.url }, admin.users[0]?.user ?? {}),
          timeout: '3m',
        },
        { environment: {} },
      )
      expect(ending(record), record.raw.slice(0, 4_000)).toEqual({ exit: 0, verdict: 'Healthy', objects: 100 })
      expect(api.requests.filter((request) => !request.includes('watch=true')).length, api.requests.join('\n')).toBeLessThanOrEqual(10)
    } finally {
      await api.close()
    }
  })
})

/** All ways to have one verb on one resource less. */
function ending({ exitCode, outputs, log }: StepRecord): unknown {
  return { exit: exitCode, verdict: outputs['verdict'], objects: Number(/: (\d+) objects/.exec(log.at(-1) ?? '')?.[1]) }
}
