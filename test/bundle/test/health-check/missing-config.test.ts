import { expect, test } from 'vitest'
import { play, transcriptOf } from './scenario.ts'
import { event, MANIFEST, shop } from './shop.ts'

test('a missing ConfigMap, annotated at the line that asks for it', async () => {
  const { text } = await play({
    objects: [
      ...shop({ state: { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "currency" not found' } } }),
      event('web-abc-1', 'Failed', 'Error: configmap "currency" not found'),
    ],
    inputs: { manifests: 'web.yaml' },
    workspace: { 'web.yaml': MANIFEST },
  })
  await expect(text).toMatchFileSnapshot(transcriptOf(import.meta.filename))
})
