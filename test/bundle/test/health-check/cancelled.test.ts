import { expect, test } from 'vitest'
import { play, transcriptOf } from './scenario.ts'
import { shop } from './shop.ts'

test('a wait that is cancelled ends long before SIGTERM', async () => {
  const { text, record } = await play({ objects: shop({}), inputs: { objects: 'deployment/web' }, cancel: { when: 'Progressing' } })
  await expect(text).toMatchFileSnapshot(transcriptOf(import.meta.filename))
  expect(record.signal).toBeUndefined()
  expect(record.milliseconds).toBeLessThan(5_000)
})
