import { describe, expect, test } from 'vitest'
import { describeCheck, judgeAnswer, parseChecks, type Check } from '../../src/checks/index.ts'

const plain: Check = { path: '/', scheme: 'http', method: 'GET', status: 200, timeout: 2_000 as Check['timeout'], count: 3, on: 'pods', headers: {} }

describe('parseChecks', () => {
  test('fills in what is left out', () => {
    expect(parseChecks([{ path: '/healthz' }])).toEqual([{ ...plain, path: '/healthz' }])
  })

  test('reads every field', () => {
    const check = {
      path: '/a?b=c',
      port: 'http',
      scheme: 'https',
      method: 'POST',
      status: 204,
      body: '/^ok$/m',
      timeout: '5s',
      count: 1,
      on: 'service',
      headers: { 'X-A': 1 },
    }
    expect(parseChecks([check])).toEqual([{ ...check, body: /^ok$/m, timeout: 5_000, headers: { 'X-A': '1' } }])
  })

  test.each([
    ['no list', { path: '/' }, 'expected a list of checks such as "- path: /healthz", got {"path":"/"}'],
    ['no map', ['/healthz'], '[0]: expected a map with a path, got "/healthz"'],
    ['no path', [{ port: 80 }], '[0].path: is required'],
    [
      'an unknown key',
      [{ path: '/', interval: '1s' }],
      '[0].interval: is not known, expected one of path, port, scheme, method, status, body, timeout, count, on, headers',
    ],
    ['a path without a slash', [{ path: 'healthz' }], '[0].path: expected a path that begins with one slash, got "healthz"'],
    ['another host as path', [{ path: '//evil.example/' }], '[0].path: expected a path that begins with one slash, got "//evil.example/"'],
    [
      'a path that climbs out',
      [{ path: '/../../../api/v1/secrets' }],
      '[0].path: expected a path without "..", encoded slashes or backslashes, got "/../../../api/v1/secrets"',
    ],
    ['an encoded climb', [{ path: '/%2e%2E/x' }], '[0].path: expected a path without "..", encoded slashes or backslashes, got "/%2e%2E/x"'],
    ['an encoded slash', [{ path: '/..%2fx' }], '[0].path: expected a path without "..", encoded slashes or backslashes, got "/..%2fx"'],
    ['a port out of range', [{ path: '/', port: 65_536 }], '[0].port: expected a whole number from 1 to 65535, got 65536'],
    ['a port that is no name', [{ path: '/', port: 'Http!' }], '[0].port: expected a port number or a port name, got "Http!"'],
    ['a bad status', [{ path: '/', status: '200' }], '[0].status: expected a whole number from 100 to 599, got "200"'],
    ['a bad method', [{ path: '/', method: 'DELETE' }], '[0].method: expected one of GET, HEAD, POST, OPTIONS, got "DELETE"'],
    ['a bare number as timeout', [{ path: '/', timeout: 2 }], '[0].timeout: expected a duration up to 60s such as 2s, got 2'],
    ['a bad expression', [{ path: '/', body: '/(/' }], /^\[0\]\.body: expected a regular expression, got \/\(\/: .*Unterminated group/],
    ['a header with a line break', [{ path: '/', headers: { a: 'x\r\ny' } }], '[0].headers: expected printable text for a, got something else'],
    ['a bad place', [{ path: '/', on: 'node' }], '[0].on: expected one of pods, service, url, got "node"'],
    [
      'two things at once',
      [
        { path: '/', count: 0 },
        { path: '/', scheme: 'ftp' },
      ],
      '[0].count: expected a whole number from 1 to 100, got 0; [1].scheme: expected one of http, https, got "ftp"',
    ],
  ])('refuses %s', (_, data, message) => {
    expect(() => parseChecks(data)).toThrow(message)
  })
})

describe('judgeAnswer', () => {
  test.each<[string, Partial<Check>, { status: number; body: string }, string | undefined]>([
    ['the status', {}, { status: 200, body: '' }, undefined],
    ['another status', {}, { status: 500, body: 'no\n database' }, 'expected status 200, got 500 (no database)'],
    [
      'what the proxy says of a Pod it cannot reach',
      {},
      { status: 503, body: '{"kind":"Status","message":"dial tcp: connection refused"}' },
      'expected status 200, got 503 (dial tcp: connection refused)',
    ],
    ['what only looks like it', {}, { status: 503, body: '{"kind":"Status"' }, 'expected status 200, got 503 ({"kind":"Status")'],
    ['a text in the body', { body: 'ok' }, { status: 200, body: 'all ok' }, undefined],
    ['a missing text', { body: 'ok' }, { status: 200, body: '' }, 'expected a body with "ok", got an empty one'],
    [
      'an expression that takes for ever',
      { body: /^(a+)+$/ },
      { status: 200, body: `${'a'.repeat(40)}!` },
      'expected a body that matches /^(a+)+$/, got one on which that takes longer than 1s',
    ],
    ['an expression', { body: /^v\d+$/ }, { status: 200, body: 'x1' }, 'expected a body that matches /^v\\d+$/, got (x1)'],
  ])('judges %s', (_, check, answer, expected) => {
    expect(judgeAnswer({ ...plain, ...check }, answer)).toBe(expected)
  })
})

describe('describeCheck', () => {
  test('names whom, what and how often', () => {
    expect(describeCheck(plain)).toBe('GET / on every Pod: 200 within 2s, 3 times')
    expect(describeCheck({ ...plain, on: 'url', count: 1 })).toBe('GET / on the URL: 200 within 2s, once')
  })
})
