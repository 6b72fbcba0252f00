import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { proxyApi } from '../api-proxy.ts'
import { adminKubeconfig, endpoint, kubeconfig } from '../cluster.ts'
import { deploy, Places, shopManifest, told } from './stage.ts'

const places = new Places()
afterAll(() => places.remove())

describe('the API server', () => {
  test('is asked fewer than 40 times for a release, and at most 6 times, without a write, for the same again', async () => {
    const place = await places.make('bounds')
    const target = await endpoint()
    const { users } = parse(await readFile(adminKubeconfig(), 'utf8')) as { users: readonly { user: Readonly<Record<string, unknown>> }[] }
    const proxy = await proxyApi(target.server, target.authority)
    const inputs = { 'allow-insecure': 'true', soak: '5s', settle: '3s', checks: '- path: /healthz' }
    try {
      const release = async (image: string) => {
        const from = proxy.requests.length
        const record = await deploy(place, {
          manifest: await shopManifest({ image }),
          inputs,
          kubeconfig: kubeconfig({ server: proxy.url }, users[0]?.user ?? {}),
        })
        return { record, requests: proxy.requests.slice(from) }
      }
      for (const image of ['127.0.0.1:5000/shop:1', '127.0.0.1:5000/shop:2']) {
        const { record, requests } = await release(image)
        expect(told(record), record.raw).toMatchObject({ exit: 0, conclusion: 'success' })
        // What checks ask is theirs, and carried to the Pods.
        expect(requests.filter((line) => !line.includes('/proxy/')).length, requests.join('\n')).toBeLessThan(40)
      }
      const { record, requests } = await release('127.0.0.1:5000/shop:2')
      expect(told(record), record.raw).toMatchObject({ exit: 0, conclusion: 'unchanged' })
      expect(requests.length, requests.join('\n')).toBeLessThanOrEqual(6)
      expect(requests.filter((line) => !line.startsWith('GET '))).toEqual([])
    } finally {
      await proxy.close()
    }
  })
})
