import { expect, test } from 'vitest'
import { play, transcriptOf } from './scenario.ts'
import { MANIFEST, shop } from './shop.ts'

test('a healthy manifest', async () => {
  const { text } = await play({
    objects: shop({ ready: true }),
    inputs: { manifests: 'deploy', stability: '100ms' },
    workspace: { 'deploy/web.yaml': MANIFEST },
  })
  await expect(text).toMatchFileSnapshot(transcriptOf(import.meta.filename))
})
