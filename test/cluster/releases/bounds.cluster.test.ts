import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { proxyApi } from '../api-proxy.ts'
import { adminKubeconfig, endpoint, kubeconfig } from '../cluster.ts'
import { deploy, Places, shopManifest, told } from './stage.ts'

const places = new Places()
afterAll(() => places.remove())

/** The sample without its PodDisruptionBudget. */
async function bare(image: string): Promise<string> {
  const documents = (await shopManifest({ image })).split('---\n')
  return documents.filter((each) => !each.includes('kind: PodDisruptionBudget')).join('---\n')
}

/** What checks ask is theirs, and carried to the Pods; a lock that is held for longer is renewed every 15 s. */
function counted(requests: readonly string[]): readonly string[] {
  return requests.filter((line) => !line.includes('/proxy/'))
}

describe('the API server', () => {
  test('is asked fewer than 40 times for a release, a few more for one that makes its slot, and only read for the same again', async () => {
    const place = await places.make('bounds')
    const target = await endpoint()
    const { users } = parse(await readFile(adminKubeconfig(), 'utf8')) as { users: readonly { user: Readonly<Record<string, unknown>> }[] }
    const proxy = await proxyApi(target.server, target.authority)
    const inputs = { 'allow-insecure': 'true', soak: '2s', settle: '1s', checks: '- path: /healthz' }
    const release = async (manifest: string) => {
      const from = proxy.requests.length
      const record = await deploy(place, { manifest, inputs, kubeconfig: kubeconfig({ server: proxy.url }, users[0]?.user ?? {}) })
      return { record, requests: counted(proxy.requests.slice(from)) }
    }
    try {
      // Two slots are made, each with a creation, a look at the lock and what the creation owned; the third release finds both.
      for (const [image, most] of [
        ['127.0.0.1:5000/shop:1', 48],
        ['127.0.0.1:5000/shop:2', 48],
        ['127.0.0.1:5000/shop:1', 40],
      ] as const) {
        const { record, requests } = await release(await bare(image))
        expect(told(record), record.raw).toMatchObject({ exit: 0, conclusion: 'success' })
        expect(requests.length, requests.join('\n')).toBeLessThan(most)
      }
      const { record, requests } = await release(await bare('127.0.0.1:5000/shop:1'))
      expect(told(record), record.raw).toMatchObject({ exit: 0, conclusion: 'unchanged' })
      expect(requests.length, requests.join('\n')).toBeLessThanOrEqual(8)
      expect(requests.filter((line) => !line.startsWith('GET '))).toEqual([])
    } finally {
      await proxy.close()
    }
  })
})
