import { Fault, toFault } from '@fairlead/base'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AskOptions } from '../src/index.ts'
import { openGitHub } from '../src/client/index.ts'
import { json, loseReply, page, redirect, silence, startGitHub, type Answer, type ScriptedGitHub } from './scripted-github.ts'
import { testHost, type TestHost } from './test-host.ts'

const TOKEN = 'ghs_0123456789abcdef'
const BASE = 'b'.repeat(40)
const HEAD = 'a'.repeat(40)
const QUESTION = { repository: 'acme/shop', base: BASE, head: HEAD }
const HOLDER = 'acme/shop run 4711 attempt 2 job deploy #3f9a'
const SUBJECT = 'Repository "acme/shop": commits bbbbbbb and aaaaaaa cannot be compared'
/** What GitHub calls its time; the test's own is an hour behind. */
const DATE = 'Sat, 21 Nov 2026 04:00:00 GMT'
const TIME = Date.parse(DATE) / 1_000

let server: ScriptedGitHub
let elsewhere: ScriptedGitHub

beforeAll(async () => {
  server = await startGitHub()
  elsewhere = await startGitHub()
})

beforeEach(() => {
  server.requests.length = 0
  elsewhere.requests.length = 0
})

afterAll(async () => {
  await server.close()
  await elsewhere.close()
})

interface Setting {
  readonly environment?: Readonly<Record<string, string>>
  readonly token?: string
  readonly attemptTimeout?: number
}

function open({ environment = {}, token = TOKEN, attemptTimeout = 5_000 }: Setting = {}) {
  const host: TestHost = testHost({ GITHUB_API_URL: server.url, ...environment })
  return { host, github: openGitHub({ token, host, attemptTimeout, random: () => 0.5 }) }
}

/** Compares, and answers the relation or the fault as data. */
async function compared(answers: readonly Answer[], { question = QUESTION, ...setting }: Setting & { readonly question?: typeof QUESTION } = {}) {
  if (answers.length > 0) server.script(...answers)
  const { host, github } = open(setting)
  const result = await github.compare(question).catch((error: unknown) => {
    const { code, message, hint } = toFault(error)
    return { code, message, hint }
  })
  github.close()
  return { result, pauses: host.pauses }
}

async function over(answers: readonly Answer[], { holder = HOLDER, ...setting }: Setting & { readonly holder?: string } = {}, options: AskOptions = {}) {
  if (answers.length > 0) server.script(...answers)
  const { github } = open(setting)
  try {
    return await github.isOver(holder, options)
  } finally {
    github.close()
  }
}

describe('compare', () => {
  test.each(['identical', 'ahead', 'behind', 'diverged'])('answers what GitHub says: %s', async (status) => {
    expect((await compared([json({ status, ahead_by: 1, files: [] })])).result).toBe(status)
  })

  test('asks the compare API of the repository with the token, and masks that before', async () => {
    server.script(json({ status: 'ahead' }))
    const { host, github } = open()
    expect(host.masked).toEqual([TOKEN])
    await github.compare(QUESTION)
    github.close()
    const [{ target, method, headers } = { target: '', method: '', headers: {} }] = server.requests
    expect({ target, method, authorization: headers['authorization'], agent: String(headers['user-agent']).split(' ')[0] }).toEqual({
      target: `/repos/acme/shop/compare/${BASE}...${HEAD}?per_page=1`,
      method: 'GET',
      authorization: `token ${TOKEN}`,
      agent: 'fairlead/0.1.0',
    })
  })

  test('keeps the prefix of a server of its own', async () => {
    for (const prefix of ['/api/v3', '/api/v3/']) await compared([json({ status: 'ahead' })], { environment: { GITHUB_API_URL: `${server.url}${prefix}` } })
    expect(server.requests.map(({ target }) => target)).toEqual(Array(2).fill(`/api/v3/repos/acme/shop/compare/${BASE}...${HEAD}?per_page=1`))
  })

  test('goes through the proxy of the environment, and past it where NO_PROXY says so', async () => {
    elsewhere.script(json({ status: 'behind' }))
    const proxied = { HTTP_PROXY: elsewhere.url }
    expect((await compared([json({ status: 'ahead' })], { environment: proxied })).result).toBe('behind')
    expect(elsewhere.requests.map(({ target }) => target)).toEqual([`${server.url}/repos/acme/shop/compare/${BASE}...${HEAD}?per_page=1`])
    expect((await compared([json({ status: 'ahead' })], { environment: { ...proxied, NO_PROXY: '127.0.0.1' } })).result).toBe('ahead')
  })

  test('takes histories without a common ancestor for diverged', async () => {
    expect((await compared([json({ message: `No common ancestor between ${BASE} and ${HEAD}.` }, 404)])).result).toBe('diverged')
  })

  test.each<readonly [string, Answer, { readonly code: string; readonly message: string; readonly hint: string }]>([
    [
      'a token that is not valid',
      json({ message: 'Bad credentials' }, 401),
      {
        code: 'ACCESS_DENIED',
        message: `${SUBJECT}, the token is not accepted, expected 200, got 401 Bad credentials`,
        hint: "Give `github-token` a token that is valid; its default is the job's.",
      },
    ],
    [
      'a permission that is missing',
      json({ message: 'Resource not accessible by integration' }, 403, { 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': `${TIME + 9}` }),
      {
        code: 'ACCESS_DENIED',
        message: `${SUBJECT}, the token may not read this, expected 200, got 403 Resource not accessible by integration`,
        hint: 'Add `contents: read` under `permissions:` of the job; outside its own repository, give `github-token` a token that may read acme/shop.',
      },
    ],
    [
      'a commit that is gone',
      json({ message: 'Not Found' }, 404),
      {
        code: 'NOT_FOUND',
        message: `${SUBJECT}, one of them is unknown or hidden from the token, expected 200, got 404 Not Found`,
        hint: 'Give the token `contents: read` for acme/shop; a commit that is gone from there for good can only be passed over by a person.',
      },
    ],
    [
      'a question GitHub does not take',
      json({ message: 'Validation\nFailed' }, 422),
      {
        code: 'UNSUPPORTED',
        message: `${SUBJECT}, GitHub answers in a way we do not know, expected 200, got 422 Validation Failed`,
        hint: 'Check that `GITHUB_API_URL` is the REST API of GitHub, and that no proxy answers in its place.',
      },
    ],
    [
      'a page of something that stands between',
      page('<html>Sign in</html>'),
      {
        code: 'UNSUPPORTED',
        message: `${SUBJECT}, it is not GitHub that answers, expected a JSON object, got something else`,
        hint: 'Check that `GITHUB_API_URL` is the REST API of GitHub, and that no proxy answers in its place.',
      },
    ],
    [
      'JSON of something else',
      json({ status: 'ok' }),
      {
        code: 'UNSUPPORTED',
        message: `${SUBJECT}, it answers something else than a comparison, expected a status of identical, ahead, behind, diverged, got none of them`,
        hint: 'Check that `GITHUB_API_URL` is the REST API of GitHub, and that no proxy answers in its place.',
      },
    ],
    [
      'a list',
      json([{ status: 'ahead' }]),
      {
        code: 'UNSUPPORTED',
        message: `${SUBJECT}, it is not GitHub that answers, expected a JSON object, got something else`,
        hint: 'Check that `GITHUB_API_URL` is the REST API of GitHub, and that no proxy answers in its place.',
      },
    ],
    [
      'a status there is none of',
      json({ message: 'no' }, 777),
      {
        code: 'UNSUPPORTED',
        message: `${SUBJECT}, it answers with a status there is none of, expected 200, got 777`,
        hint: 'Check that `GITHUB_API_URL` is the REST API of GitHub, and that no proxy answers in its place.',
      },
    ],
  ])('explains %s, and asks once', async (_name, answer, fault) => {
    expect(await compared([answer])).toEqual({ result: fault, pauses: [] })
    expect(server.requests).toHaveLength(1)
  })

  test.each<readonly [string, Answer]>([
    ['a lost reply', loseReply],
    ['a bad gateway', page('<html>Bad Gateway</html>', 502)],
    ['a busy server', json({ message: 'Service unavailable' }, 503)],
  ])('asks again after %s', async (_name, answer) => {
    expect(await compared([answer, answer, json({ status: 'ahead' })])).toEqual({ result: 'ahead', pauses: [250, 500] })
  })

  test('asks again after silence', async () => {
    expect((await compared([silence, json({ status: 'ahead' })], { attemptTimeout: 200 })).result).toBe('ahead')
  })

  test('gives up after the third', async () => {
    const { result } = await compared([json({ message: 'Service unavailable' }, 503)])
    expect(result).toEqual({
      code: 'UNAVAILABLE',
      message: `${SUBJECT}, GitHub is not well, expected 200, got 503 Service unavailable`,
      hint: 'Look at the state of GitHub, and run this again.',
    })
    expect(server.requests).toHaveLength(3)
  })

  test('says that GitHub was not reached', async () => {
    const gone = await startGitHub()
    await gone.close()
    const { result } = await compared([], { environment: { GITHUB_API_URL: gone.url } })
    expect(result).toEqual({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(`^${SUBJECT}, ${gone.url}/repos/acme/shop/compare/${BASE}...${HEAD} could not be reached: .*ECONNREFUSED`),
      hint: 'Check that this machine reaches GitHub, and HTTPS_PROXY where there is a proxy.',
    })
  })

  test.each<readonly [string, Answer, readonly number[]]>([
    ['as retry-after says', json({ message: 'You have exceeded a secondary rate limit' }, 403, { 'retry-after': '3' }), [3_000]],
    ['as retry-after says of 429', json({}, 429, { 'retry-after': '2' }), [2_000]],
    [
      "until the limit is reset, by GitHub's clock",
      json({ message: 'API rate limit exceeded' }, 403, { date: DATE, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${TIME + 4}` }),
      [4_000],
    ],
    [
      'a second when the limit was reset meanwhile',
      json({ message: 'API rate limit exceeded' }, 429, { date: DATE, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${TIME - 1}` }),
      [1_000],
    ],
  ])('waits a little %s', async (_name, answer, pauses) => {
    expect(await compared([answer, json({ status: 'ahead' })])).toEqual({ result: 'ahead', pauses })
  })

  test.each<readonly [string, Answer, string, string]>([
    ['a long retry-after', json({ message: 'Slow down' }, 429, { 'retry-after': '6' }), '429 Slow down', '6s'],
    [
      'a limit that is used up',
      json({ message: 'API rate limit exceeded' }, 403, { date: DATE, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': `${TIME + 2_460}` }),
      '403 API rate limit exceeded',
      '41m',
    ],
    ['a limit of unknown length', json({ message: 'You have exceeded a secondary rate limit.' }, 403), '403 You have exceeded a secondary rate limit.', '1m'],
    ['a bare 429', json({}, 429), '429', '1m'],
  ])('does not wait for %s', async (_name, answer, got, time) => {
    const { result, pauses } = await compared([answer])
    expect({ result, pauses }).toEqual({
      result: {
        code: 'UNAVAILABLE',
        message: `${SUBJECT}, GitHub is asked too often with this token, expected 200, got ${got} and to wait ${time}`,
        hint: `Run this again in ${time}, or give \`github-token\` a token of its own limit.`,
      },
      pauses: [],
    })
  })

  test('follows a redirect on the same host, with the token', async () => {
    expect((await compared([redirect('/repositories/7/compare/x'), json({ status: 'ahead' })])).result).toBe('ahead')
    expect(server.requests.map(({ target, headers }) => [target, headers['authorization']])).toEqual([
      [`/repos/acme/shop/compare/${BASE}...${HEAD}?per_page=1`, `token ${TOKEN}`],
      ['/repositories/7/compare/x', `token ${TOKEN}`],
    ])
  })

  test.each([301, 302, 303, 307, 308])('does not follow a %i to another host', async (code) => {
    const { result } = await compared([redirect(`${elsewhere.url}/repos`, code)])
    expect(result).toEqual({
      code: 'UNSUPPORTED',
      message: `${SUBJECT}, it redirects to another place, expected an answer of ${new URL(server.url).host}, got ${elsewhere.url}`,
      hint: 'Check that `GITHUB_API_URL` is the REST API of GitHub, and that no proxy answers in its place.',
    })
    expect(elsewhere.requests).toEqual([])
  })

  test('does not go round in circles', async () => {
    const { result } = await compared([redirect('/again')])
    expect(result).toMatchObject({ code: 'UNSUPPORTED', message: `${SUBJECT}, it redirects more than 3 times` })
    expect(server.requests).toHaveLength(4)
  })

  test.each<readonly [string, Setting & { readonly question?: typeof QUESTION }, { readonly code: string; readonly message: string }]>([
    ['without a token', { token: '' }, { code: 'ACCESS_DENIED', message: `${SUBJECT}, nobody is asked without a token, expected one, got none` }],
    [
      'with a token that no header can hold',
      { token: 'geheím' },
      { code: 'INPUT_INVALID', message: `${SUBJECT}, input "github-token": expected a token in printable ASCII, got other characters` },
    ],
    [
      'in a repository that leads elsewhere',
      { question: { ...QUESTION, repository: '../user' } },
      {
        code: 'INPUT_INVALID',
        message: 'Repository "../user": commits bbbbbbb and aaaaaaa cannot be compared, the repository is wrong, expected owner/name, got "../user"',
      },
    ],
    [
      'for a branch',
      { question: { ...QUESTION, head: 'main' } },
      {
        code: 'INPUT_INVALID',
        message: 'Repository "acme/shop": commits bbbbbbb and main cannot be compared, the commit is wrong, expected a full SHA, got "main"',
      },
    ],
    ...['http://github.example.com/api/v3', 'ftp://127.0.0.1', 'nonsense', 'https://user:secret@github.example.com/api/v3'].map(
      (url) =>
        [
          `at ${url}`,
          { environment: { GITHUB_API_URL: url } },
          {
            code: 'ENVIRONMENT_MISSING',
            message: `${SUBJECT}, GITHUB_API_URL is wrong, expected https://<host>/api/v3 or https://api.github.com, got ${url === 'nonsense' ? 'no URL' : `${new URL(url).protocol}//${new URL(url).host}`}`,
          },
        ] as const,
    ),
  ])('asks nobody %s', async (_name, setting, fault) => {
    expect((await compared([json({ status: 'ahead' })], setting)).result).toMatchObject(fault)
    expect(server.requests).toEqual([])
  })

  test('ends with what it was aborted with', async () => {
    const controller = new AbortController()
    const reason = new Fault('UNAVAILABLE', 'the time is up')
    server.script(() => controller.abort(reason))
    const { github } = open()
    await expect(github.compare(QUESTION, { signal: controller.signal })).rejects.toBe(reason)
    github.close()
  })

  test('ends with the reason of a bare abort', async () => {
    const controller = new AbortController()
    server.script(() => controller.abort())
    const { github } = open()
    const error: unknown = await github.compare(QUESTION, { signal: controller.signal }).catch((reason: unknown) => reason)
    expect(error).toBe(controller.signal.reason)
    github.close()
  })
})

describe('isOver', () => {
  test.each<readonly [string, boolean]>([
    ['completed', true],
    ['queued', false],
    ['in_progress', false],
    ['requested', false],
    ['waiting', false],
    ['pending', false],
  ])('reads %s as %s', async (status, expected) => {
    expect(await over([json({ status })])).toBe(expected)
    expect(server.requests.map(({ target }) => target)).toEqual(['/repos/acme/shop/actions/runs/4711/attempts/2'])
  })

  test.each<readonly [string, Answer]>([
    ['a run that is unknown', json({ message: 'Not Found' }, 404)],
    ['a permission that is missing', json({ message: 'Resource not accessible by integration' }, 403)],
    ['a token that is not valid', json({ message: 'Bad credentials' }, 401)],
    ['a limit that is used up', json({}, 429)],
    ['a server that is not well', json({}, 500)],
    ['lost replies', loseReply],
    ['a redirect elsewhere', redirect('https://github.example.com')],
    ['a page', page('<html></html>')],
    ['no status', json({ id: 4711 })],
    ['a status that is no text', json({ status: null })],
  ])('cannot tell from %s', async (_name, answer) => {
    expect(await over([answer])).toBeUndefined()
  })

  test.each<readonly [string, Setting & { readonly holder?: string }]>([
    ['of a person', { holder: 'ann@laptop #3f9a' }],
    ['of a repository that leads elsewhere', { holder: '../.. run 1 attempt 1 job x #1' }],
    ['without a token', { token: '' }],
    ['at no address', { environment: { GITHUB_API_URL: 'nonsense' } }],
  ])('asks nobody %s', async (_name, setting) => {
    expect(await over([json({ status: 'completed' })], setting)).toBeUndefined()
    expect(server.requests).toEqual([])
  })

  test('ends with what it was aborted with', async () => {
    const controller = new AbortController()
    const reason = new Fault('UNAVAILABLE', 'the time is up')
    await expect(over([() => controller.abort(reason)], {}, { signal: controller.signal })).rejects.toBe(reason)
  })
})
