import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resolveCluster, startAgain, stopComponent, type Cluster } from '../src/index.ts'
import { until } from '../src/machine/until.ts'

const name = `stopping-${process.pid}`
let cluster: Cluster
beforeAll(async () => {
  cluster = await resolveCluster({ name, kind: 'bed' })
})
afterAll(() => cluster.down())

describe('stopComponent', () => {
  test('takes the API server away and gives it back with everything it knew, while the bed stays usable', async () => {
    expect(await kubectl('create', 'configmap', 'kept', '--from-literal=a=b')).toBe(0)
    await stopComponent(name, 'kube-apiserver', process.env)
    expect(await kubectl('get', '--raw', '/readyz', '--request-timeout=2s')).not.toBe(0)
    await expect(resolveCluster({ name })).resolves.toMatchObject({ name })
    await startAgain(name, 'kube-apiserver', process.env)
    await until({ what: 'the API server to be ready', seconds: 60 }, async () => (await kubectl('get', '--raw', '/readyz')) === 0)
    expect(await kubectl('get', 'configmap', 'kept')).toBe(0)
  })

  test('is refused for what is no bed', async () => {
    await expect(stopComponent('nobody', 'kube-proxy', process.env)).rejects.toThrow(
      'cluster "nobody": expected a bed, whose components can be stopped, got none of that name',
    )
  })
})

function kubectl(...args: readonly string[]): Promise<number | null> {
  const child = cluster.run('kubectl', args, { stdio: 'ignore' })
  return new Promise((resolve) => child.once('close', resolve))
}
