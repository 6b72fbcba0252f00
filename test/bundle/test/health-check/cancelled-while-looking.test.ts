import { expect, test } from 'vitest'
import { play } from './scenario.ts'

test.each([
  ['objects are listed by a selector', { selector: 'app=web' }],
  ['a kind is looked up', { objects: 'widget/web' }],
])('a run that is cancelled while %s ends at once, with its report', async (_, inputs) => {
  const { record } = await play({ objects: [], intercept: () => 'hang', inputs, cancel: { after: 1_500 } })
  expect({ exit: record.exitCode, signal: record.signal, conclusion: record.outputs['conclusion'] }, record.raw).toEqual({
    exit: 1,
    signal: undefined,
    conclusion: 'cancelled',
  })
  expect(record.summary).toContain('was cancelled')
  expect(record.milliseconds).toBeLessThan(7_000)
})
