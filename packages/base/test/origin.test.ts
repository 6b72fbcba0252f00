import { describe, expect, test } from 'vitest'
import { describePerson, describeRun, runIn } from '../src/index.ts'

describe('runIn', () => {
  test('reads what describeRun wrote', () => {
    const run = { repository: 'acme/shop.web', run: 4711, attempt: 2, job: 'deploy' }
    expect(runIn(describeRun(run, '3f9a'))).toEqual(run)
  })

  test.for([
    describePerson({ user: 'ann', machine: 'laptop' }, '3f9a'),
    '',
    'acme/shop',
    'acme/shop run x attempt 1 job a #1',
    'acme/shop run 1 attempt 1 job a',
  ])('answers nothing for %j, which is no workflow run', (holder) => {
    expect(runIn(holder)).toBe(undefined)
  })
})
