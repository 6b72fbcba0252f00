import { expect, test } from 'vitest'
import { statusOf } from '../../src/index.ts'
import { play, transcriptOf } from './scenario.ts'
import { shop } from './shop.ts'

const exit = { terminated: { exitCode: 1, reason: 'Error' } }

test('a verdict without the right to read Events and logs, which says so', async () => {
  const { text } = await play({
    objects: shop({ restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: exit }),
    intercept: (_, { pathname }) =>
      /\/(?:events|log)$/.test(pathname)
        ? {
            status: 403,
            body: statusOf(
              403,
              `${pathname.split('/').at(-1)} is forbidden: User "limited" cannot get resource "pods/log" in API group "" in the namespace "shop"`,
              'Forbidden',
            ),
          }
        : undefined,
    inputs: { objects: 'shop/deployment/web', timeout: '0' },
  })
  await expect(text).toMatchFileSnapshot(transcriptOf(import.meta.filename))
})
