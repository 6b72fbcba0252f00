import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { kubeconfigFor, serveApi, type Interception } from '../../src/index.ts'
import { documentOf, runCli } from './run-cli.ts'

const TOKEN = 'token-of-the-test'
const { version } = JSON.parse(await readFile(resolve(import.meta.dirname, '../../../../package.json'), 'utf8')) as { readonly version: string }

const JOURNAL = {
  format: 1,
  token: 1,
  last: 1,
  active: { backend: { type: 'slot', slot: 'blue' }, release: { number: 1, identity: 'i', images: ['ghcr.io/shop/web:1'], at: '2026-01-01T00:00:00.000Z' } },
}
const WEB = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'fairlead.web', namespace: 'shop', labels: { 'fairlead.dev/app': 'web' } },
    data: { journal: JSON.stringify(JOURNAL) },
  },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'web', 'fairlead.dev/slot': 'blue' } } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web-blue', namespace: 'shop', generation: 1 },
    spec: { replicas: 2, template: { spec: { containers: [{ name: 'web', image: 'ghcr.io/shop/web:1' }] } } },
    status: { observedGeneration: 1, availableReplicas: 2 },
  },
  {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'fairlead.web', namespace: 'shop' },
    spec: { holderIdentity: '', leaseTransitions: 1, leaseDurationSeconds: 60 },
  },
]

/** Runs against a server of the test's own, named by a kubeconfig in the folder. */
async function onApi(args: readonly string[], intercept?: Interception, options: Parameters<typeof runCli>[1] = {}) {
  const api = await serveApi(WEB, intercept)
  const record = await runCli([...args, '--kubeconfig', 'kubeconfig', '--allow-insecure'], { ...options, files: { kubeconfig: api.kubeconfig } }).finally(() =>
    api.close(),
  )
  return { ...record, requests: api.requests }
}

describe('the bundle of the command line', () => {
  test.each([
    [['help'], /^Takes a release to production.*\n {2}rollback {2}/s],
    [['rollback', '--help'], /Usage: fairlead rollback \[app\.\.\.\] \[flags\].*--rollback-timeout <duration> \(5m\)/s],
    [['--version'], new RegExp(`^${version.replaceAll('.', '\\.')}\n$`)],
  ])('answers %j', async (args, text) => {
    expect(await runCli(args)).toEqual({ code: 0, output: expect.stringMatching(text) as string, errors: '' })
  })

  test.each<readonly [string, readonly string[], string]>([
    ['no command', [], 'expected a command, got none'],
    ['an unknown command', ['rolback'], 'command "rolback" is unknown, the nearest is rollback'],
    ['an unknown flag', ['rollback', 'web', '--namspace', 'x'], 'flag --namspace is unknown to rollback, the nearest is --namespace'],
    ['no app', ['rollback'], '--app: is required, got nothing'],
    ['a value that is none', ['rollback', 'web', '--drain', '5'], '--drain: expected a duration of at most 35d such as 30s, 10m or 1h30m, got "5"'],
    ['nothing to release', ['deploy', 'web'], '--image, --manifests, --kustomize, --chart: expected exactly one of them, got none'],
  ])('refuses %s before it contacts anything, in the words of flags', async (_, args, message) => {
    const record = await runCli(args)
    expect([record.code, documentOf(record).outputs, documentOf(record).verdict]).toEqual([2, { fault: 'INPUT_INVALID' }, expect.stringContaining(message)])
    expect(record.errors).toContain(message)
  })

  test('tells how an app stands as one JSON document, and nothing beside it', async () => {
    const record = await onApi(['status', 'web'])
    expect([record.code, record.errors, documentOf(record)]).toMatchObject([
      0,
      '',
      {
        conclusion: 'success',
        verdict: 'web serves release 1 from blue',
        details: { apps: [{ app: 'web', serving: { ready: 2, wanted: 2 }, standby: null }] },
      },
    ])
    expect(record.requests.every((request) => request.startsWith('GET '))).toBe(true)
  })

  test('lists releases', async () => {
    const record = await onApi(['history', 'web'])
    expect(documentOf(record)).toMatchObject({
      verdict: '1 release of web',
      details: { apps: [{ releases: [{ release: 1, serves: true, canReturn: false }] }] },
    })
  })

  test('finds the kubeconfig of KUBECONFIG, relative to its folder', async () => {
    const api = await serveApi(WEB)
    const run = { files: { other: api.kubeconfig }, environment: { KUBECONFIG: 'other' } }
    const record = await runCli(['status', 'web', '--allow-insecure'], run).finally(() => api.close())
    expect([record.code, documentOf(record).verdict]).toEqual([0, 'web serves release 1 from blue'])
  })

  test('names the flag that a kubeconfig of a person needs', async () => {
    const exec = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', interactiveMode: 'Never' } }
    const record = await runCli(['status', '--kubeconfig', 'kubeconfig'], { files: { kubeconfig: kubeconfigFor('https://127.0.0.1:1', exec) } })
    expect([record.code, record.errors]).toEqual([
      2,
      expect.stringContaining('user "test" starts the program aws, expected one that is allowed. --allow-exec-plugin aws\n'),
    ])
  })

  test('refuses to go back where nothing was before, with the answer no', async () => {
    const record = await onApi(['rollback', 'web'])
    expect([record.code, documentOf(record).conclusion]).toEqual([1, 'failure'])
    expect(record.errors).toContain('nothing to roll back to, release 1 is the only one there is. Nothing was changed')
  })

  test.each([
    ['ACCESS_DENIED', 403, 3],
    ['INPUT_INVALID', 400, 2],
    ['CONFLICT', 409, 4],
  ])('ends with the code of %s', async (fault, status, code) => {
    const record = await onApi(['status', 'web'], () => ({ status }))
    expect([record.code, documentOf(record).outputs]).toEqual([code, { fault }])
  })

  test('prints no secret, not even one that the server repeats', async () => {
    const record = await onApi(['status', 'web'], () => ({
      status: 403,
      body: { kind: 'Status', status: 'Failure', code: 403, message: `who is "${TOKEN}"?` },
    }))
    expect(record.errors).toMatch(/who is \S+\*\*\*/)
    expect(record.output + record.errors).not.toContain(TOKEN)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('stops at %s while the server does not answer', async (name, code) => {
    let stop = () => {}
    const record = await onApi(
      ['status', 'web'],
      () => {
        stop()
        return 'hang'
      },
      { onStart: (signal) => (stop = () => signal(name)) },
    )
    expect([record.code, documentOf(record).conclusion]).toEqual([code, 'cancelled'])
    expect(record.errors).toContain(`${name}: stopping in order; once more ends at once`)
  })
})
