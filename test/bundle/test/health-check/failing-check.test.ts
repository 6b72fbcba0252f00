import { expect, test } from 'vitest'
import { play, transcriptOf } from './scenario.ts'
import { shop } from './shop.ts'

test('Pods that are ready and lie', async () => {
  const { text } = await play({
    objects: shop({ ready: true }),
    intercept: (_, { pathname }) =>
      pathname.includes('/proxy/') ? { status: pathname.includes('web-abc-2') ? 500 : 200, body: { error: 'no database' } } : undefined,
    inputs: { objects: 'deploy/web', stability: '100ms', checks: '- path: /api/products\n  count: 2' },
  })
  await expect(text).toMatchFileSnapshot(transcriptOf(import.meta.filename))
})
