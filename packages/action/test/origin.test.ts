import { describe, expect, test } from 'vitest'
import { originOf } from '../src/index.ts'

const MARK = { mark: '3f9a', machine: 'laptop' }
const RUN = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '4711', GITHUB_RUN_ATTEMPT: '2', GITHUB_JOB: 'deploy', GITHUB_ACTOR: 'ann' }

describe('originOf', () => {
  test('names the step of a workflow run, where to look at it, and the commit it was started from', () => {
    const sha = 'a'.repeat(40)
    expect(originOf({ ...RUN, GITHUB_SHA: sha, GITHUB_SERVER_URL: 'https://git.acme.example' }, MARK)).toEqual({
      holder: 'acme/shop run 4711 attempt 2 job deploy #3f9a',
      actor: 'ann',
      url: 'https://git.acme.example/acme/shop/actions/runs/4711/attempts/2',
      source: { repository: 'acme/shop', commit: sha },
    })
  })

  test('knows no commit where there is none that could be compared', () => {
    expect(originOf({ ...RUN, GITHUB_SHA: 'main' }, MARK).source).toBe(undefined)
  })

  test('writes a job without blanks, so that its name can be read again', () => {
    expect(originOf({ ...RUN, GITHUB_JOB: 'deploy to eu' }, MARK).holder).toBe('acme/shop run 4711 attempt 2 job deploy-to-eu #3f9a')
  })

  test.for([
    ['on a terminal', { USER: 'ann' }, 'ann@laptop'],
    ['where nobody is named', {}, 'somebody@laptop'],
    ['where the run has no number', { ...RUN, GITHUB_RUN_ID: 'x', USER: 'bob' }, 'bob@laptop'],
  ] as const)('names a person %s', ([, environment, actor]) => {
    expect(originOf(environment, MARK)).toEqual({ holder: `${actor} #3f9a`, actor })
  })
})
