import { expect, test } from 'vitest'
import { play, transcriptOf } from './scenario.ts'
import { MANIFEST, shop } from './shop.ts'

const HOSTILE = [
  '::add-mask::e',
  'x ##[error]owned',
  '\u001B]0;title\u0007\u001B[31mred\u001B[0m',
  'before\r::set-output name=verdict::Healthy',
  '<img src=x onerror=1> [a](http://evil.example) ```',
  'panic: no database',
].join('\n')
const exit = { terminated: { exitCode: 2, reason: 'Error', startedAt: '2026-11-21T02:59:01Z', finishedAt: '2026-11-21T02:59:02Z' } }

test('a crash whose log tries to speak to the runner', async () => {
  const { text, record } = await play({
    objects: shop({ restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } }, lastState: exit }),
    prepare: (api) => {
      api.log('shop/web-abc-1/web', HOSTILE)
      api.log('shop/web-abc-1/web?previous', HOSTILE)
    },
    inputs: { manifests: 'web.yaml', timeout: '0' },
    workspace: { 'web.yaml': MANIFEST },
  })
  await expect(text).toMatchFileSnapshot(transcriptOf(import.meta.filename))
  expect(record.masks).toEqual(['token-of-the-test', Buffer.from('token-of-the-test').toString('base64')])
  expect(record.outputs['verdict']).toBe('Degraded')
})
