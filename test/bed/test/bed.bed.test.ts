import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bedSource } from '../src/machine/folders.ts'
import { resolveCluster, type Cluster } from '../src/index.ts'
import { until } from '../src/machine/until.ts'
import { footprint } from './footprint.ts'

// What a bed promises of itself. Beds of its own beside whichever runs; Linux and root, a few minutes of nobody's time.
const first = `self-${process.pid}`
const second = `self-${process.pid}-second`
const manifest = readFileSync(join(bedSource, '../../examples/shop/manifest/shop.yaml'), 'utf8')

interface Ended {
  readonly code: number | null
  readonly output: string
}

function ended(child: ChildProcess, input = ''): Promise<Ended> {
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (text) => {
      output += String(text)
    })
  child.stdin?.end(input)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}

const kubectl = (cluster: Cluster, args: string, input = '') => ended(cluster.run('kubectl', args.split(' ')), input)

/** The command line, as a person uses it. */
function bed(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(bedSource, 'src/cli.ts'), ...args], { env: { ...process.env, FAIRLEAD_CLUSTER: 'bed' } })
}

describe('a bed', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await resolveCluster({ name: first, kind: 'bed' })
  })
  afterAll(() => cluster.down())

  test('runs the sample application, reached by its Service, by the API server and by its log', async () => {
    expect((await kubectl(cluster, 'apply -f -', manifest)).code).toBe(0)
    expect((await kubectl(cluster, 'rollout status deployment/shop --timeout=30s')).code).toBe(0)
    const { output: address } = await kubectl(cluster, 'get service shop -o jsonpath={.spec.clusterIP}')
    // A Service learns of a ready Pod a little later than `rollout status` does.
    const ask = `fetch('http://${address}/').then((answer) => console.log(answer.headers.get('x-version')), () => undefined)`
    await until({ what: 'the Service to answer', seconds: 30 }, async () => (await ended(cluster.run(process.execPath, ['--eval', ask]))).output.trim() === '1')
    expect((await kubectl(cluster, 'get --raw /api/v1/namespaces/default/services/shop:80/proxy/')).output).toContain('version=1')
    expect((await kubectl(cluster, 'logs deployment/shop')).output).toContain('shop 1 listening')
  })

  test('pulls an image loaded later, by the digest it was given', async () => {
    const reference = await cluster.loadImage({ reference: '127.0.0.1:5000/shop:late', environment: { VERSION: 'late' } })
    expect(reference).toMatch(/^127\.0\.0\.1:5000\/shop@sha256:[0-9a-f]{64}$/)
    await kubectl(cluster, `run late --image=${reference}`)
    expect((await kubectl(cluster, 'wait pod/late --for=condition=Ready --timeout=20s')).output).toContain('condition met')
  })

  test('says "not found" of an image nobody pushed', async () => {
    await kubectl(cluster, 'run absent --image=127.0.0.1:5000/shop:absent')
    await until({ what: 'the Pod to say so', seconds: 15 }, async () =>
      (await kubectl(cluster, 'get events --field-selector involvedObject.name=absent')).output.includes('127.0.0.1:5000/shop:absent: not found'),
    )
  })

  test('knows its users by token and by certificate, and the limited one may do nothing', async () => {
    const who = async (kubeconfig = '') => (await kubectl(cluster, `--kubeconfig ${kubeconfig} auth whoami -o jsonpath={.status.userInfo.username}`)).output
    const { kubeconfigs } = cluster.credentials ?? {}
    expect([await who(kubeconfigs?.admin), await who(kubeconfigs?.certificate), await who(kubeconfigs?.limited)]).toEqual([
      'admin',
      'admin-certificate',
      'limited',
    ])
    expect(await kubectl(cluster, `--kubeconfig ${kubeconfigs?.limited} get pods`)).toMatchObject({ code: 1, output: expect.stringContaining('Forbidden') })
  })

  test('passes output, exit code and signals through', async () => {
    expect(await ended(cluster.run('sh', ['-c', 'cat; pwd; exit 7'], { cwd: bedSource }), 'in\n')).toEqual({ code: 7, output: `in\n${bedSource}\n` })
    const trap = cluster.run('sh', ['-c', 'trap "echo stopping; exit 3" INT; echo started; while :; do sleep 0.05; done'])
    await new Promise((resolve) => trap.stdout?.once('data', resolve))
    trap.kill('SIGINT')
    expect(await ended(trap)).toEqual({ code: 3, output: 'stopping\n' })
  })

  test('has a second one beside it that shares nothing, reports what dies in it, and leaves no trace', async () => {
    const before = footprint(second)
    expect((await ended(bed('up', '--name', second, '--die-with', String(process.pid)))).code).toBe(0)
    const uid = 'get namespace kube-system -o jsonpath={.metadata.uid}'
    const other = await ended(bed('exec', '--name', second, 'kubectl', ...uid.split(' ')))
    expect(other.output).toMatch(/^[0-9a-f-]{36}$/)
    expect(other.output).not.toBe((await kubectl(cluster, uid)).output)

    const pid = /^kube-scheduler +(\d+)/m.exec((await ended(bed('status', '--name', second))).output)?.[1]
    process.kill(Number(pid), 'SIGKILL')
    const report = 'kube-scheduler ended unexpectedly (signal SIGKILL); the end of its log:\n  | '
    await until({ what: 'the report', seconds: 5 }, async () => (await ended(bed('status', '--name', second))).output.includes(report))
    for (const verb of [['status'], ['exec', '--name', second, 'true'], ['up']]) {
      const [name = '', ...rest] = verb
      const answer = await ended(rest.length > 0 ? bed(name, ...rest) : bed(name, '--name', second))
      expect(answer).toMatchObject({ code: 1, output: expect.stringContaining(report) })
    }

    expect((await ended(bed('down', '--name', second))).code).toBe(0)
    expect(footprint(second)).toEqual(before)
    expect((await kubectl(cluster, 'get --raw /readyz')).output).toBe('ok')
  })

  test('tells a running command at once when a component dies', async () => {
    const name = `${second}-watched`
    await ended(bed('up', '--name', name, '--die-with', String(process.pid)))
    const command = ended(bed('exec', '--name', name, 'sleep', '4'))
    await sleep(1000)
    const pid = /^registry +(\d+)/m.exec((await ended(bed('status', '--name', name))).output)?.[1]
    process.kill(Number(pid), 'SIGKILL')
    expect(await command).toMatchObject({ code: 1, output: expect.stringContaining('registry ended unexpectedly (signal SIGKILL)') })
    await ended(bed('down', '--name', name))
  })
})

describe('a bed and the process it is to die with', () => {
  const name = `${first}-orphan`

  test('goes when that process is killed, and leaves no trace', async () => {
    const before = footprint(name)
    const guardian = spawn('sleep', ['300'])
    expect((await ended(bed('up', '--name', name, '--die-with', String(guardian.pid)))).code).toBe(0)
    guardian.kill('SIGKILL')
    await until({ what: 'the bed to go', seconds: 10 }, async () => JSON.stringify(footprint(name)) === JSON.stringify(before))
  })

  test('goes when its `up` is killed half-way, and leaves no trace', async () => {
    const before = footprint(name)
    const up = bed('up', '--name', name)
    await new Promise((resolve) => up.stderr?.once('data', resolve))
    up.kill('SIGKILL')
    await until({ what: 'the bed to go', seconds: 10 }, async () => JSON.stringify(footprint(name)) === JSON.stringify(before))
  })
})

describe('a full life with Pods', () => {
  test('leaves no trace after down', async () => {
    const name = `${first}-life`
    const before = footprint(name)
    const cluster = await resolveCluster({ name, kind: 'bed' })
    await kubectl(cluster, 'apply -f -', manifest)
    expect((await kubectl(cluster, 'rollout status deployment/shop --timeout=30s')).code).toBe(0)
    await cluster.down()
    expect(footprint(name)).toEqual(before)
  })
})
