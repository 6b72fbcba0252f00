import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { kubeconfigFor, runBundle, serveApi, statusOf, type ApiServer, type BundleRun, type StepRecord } from '../../src/index.ts'
import { HEALTH_CHECK } from './scenario.ts'
import { shop } from './shop.ts'

// What needs TLS (client certificates, authorities, proxies, the account of a Pod) is proven on a real API server, in test/cluster.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairlead-credentials-'))
})
afterAll(() => rm(folder, { recursive: true }))

const TOKEN = 'right-token-of-the-test'
const claims = { iss: 'https://issuer.example', exp: Math.floor(Date.now() / 1_000) + 3_600 }
const JWT = [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.c2lnbmF0dXJl'

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text, { mode: 0o600 })
  return path
}

interface Signing {
  readonly inputs?: BundleRun['inputs']
  readonly environment?: BundleRun['environment']
}

/** Runs the bundle against a server that knows one Authorization header only. */
async function signIn(header: string, how: (api: ApiServer) => Promise<Signing>): Promise<StepRecord & { readonly asked: number }> {
  const api = await serveApi(shop({ ready: true }), (request) =>
    request.headers.authorization === header ? undefined : { status: 401, body: statusOf(401, 'Unauthorized', 'Unauthorized') },
  )
  try {
    const { inputs = {}, environment = {} } = await how(api)
    const record = await runBundle({
      action: HEALTH_CHECK,
      inputs: { objects: 'deployment/web', timeout: '0', 'allow-insecure': 'true', ...inputs },
      environment,
    })
    return { ...record, asked: api.requests.length }
  } finally {
    await api.close()
  }
}

/** A program that gives credentials by the protocol, after noting that it was started. */
async function plugin(name: string, ...tokens: readonly string[]): Promise<string> {
  const script = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require('node:fs')
const file = ${JSON.stringify(join(folder, `${name}.log`))}
const before = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\\n').length : 0
appendFileSync(file, process.argv.slice(2).join(' ') + ' ' + Object.keys(process.env).filter((key) => key.startsWith('INPUT_')).length + '\\n')
const tokens = ${JSON.stringify(tokens)}
console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: tokens[Math.min(before, tokens.length - 1)] } }))
`
  const path = await write(name, script)
  await chmod(path, 0o700)
  return path
}

const exec = (command: string) => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', command, args: ['get-token', '--cluster=a b'], interactiveMode: 'Never' },
})

const good = { exitCode: 0, verdict: 'Healthy' }
const ending = ({ exitCode, outputs }: StepRecord) => ({ exitCode, verdict: outputs['verdict'] })

describe('the bundle signs in', () => {
  test('by token', async () => {
    const record = await signIn(`Bearer ${TOKEN}`, async ({ url }) => ({ inputs: { kubeconfig: kubeconfigFor(url, { token: TOKEN }) } }))
    expect(ending(record), record.raw).toEqual(good)
    expect(record.masks).toContain(TOKEN)
  })

  test('by a kubeconfig in base64, as people keep it in a secret', async () => {
    const record = await signIn(`Bearer ${TOKEN}`, async ({ url }) => ({
      inputs: { kubeconfig: Buffer.from(kubeconfigFor(url, { token: TOKEN })).toString('base64') },
    }))
    expect(ending(record), record.raw).toEqual(good)
  })

  test('by a token in a file beside the kubeconfig', async () => {
    const record = await signIn(`Bearer ${TOKEN}`, async ({ url }) => {
      await write('token', `${TOKEN}\n`)
      return { inputs: { kubeconfig: await write('by-file', kubeconfigFor(url, { tokenFile: 'token' })) } }
    })
    expect(ending(record), record.raw).toEqual(good)
    expect(record.masks).toContain(TOKEN)
  })

  test('by user and password', async () => {
    const pair = Buffer.from('ci:pass-of-the-test').toString('base64')
    const record = await signIn(`Basic ${pair}`, async ({ url }) => ({
      inputs: { kubeconfig: kubeconfigFor(url, { username: 'ci', password: 'pass-of-the-test' }) },
    }))
    expect(ending(record), record.raw).toEqual(good)
    expect(record.masks).toEqual(expect.arrayContaining(['pass-of-the-test', pair]))
  })

  test('by an exec plugin that is allowed, which sees none of our inputs', async () => {
    const command = await plugin('plugin', TOKEN)
    const record = await signIn(`Bearer ${TOKEN}`, async ({ url }) => ({
      inputs: { kubeconfig: kubeconfigFor(url, exec(command)), 'allow-exec-plugin': command },
    }))
    expect(ending(record), record.raw).toEqual(good)
    expect(record.masks).toContain(TOKEN)
    expect(record.raw.split('::add-mask::').at(-1)).not.toContain(`token ${TOKEN}`)
  })

  test('again, once, when the token of a plugin has expired', async () => {
    const command = await plugin('renewing', 'expired-token-of-the-test', TOKEN)
    const record = await signIn(`Bearer ${TOKEN}`, async ({ url }) => ({
      inputs: { kubeconfig: kubeconfigFor(url, exec(command)), 'allow-exec-plugin': command },
    }))
    expect(ending(record), record.raw).toEqual(good)
  })

  test('by OpenID Connect', async () => {
    const provider = { 'auth-provider': { name: 'oidc', config: { 'id-token': JWT, 'idp-issuer-url': 'https://issuer.example', 'client-id': 'ci' } } }
    const record = await signIn(`Bearer ${JWT}`, async ({ url }) => ({ inputs: { kubeconfig: kubeconfigFor(url, provider) } }))
    expect(ending(record), record.raw).toEqual(good)
    expect(record.masks).toContain(JWT)
  })

  test('by several paths in KUBECONFIG, the first of which has the context and the second the user', async () => {
    const record = await signIn(`Bearer ${TOKEN}`, async ({ url }) => {
      const whole = JSON.parse(kubeconfigFor(url, { token: TOKEN })) as Record<string, unknown>
      const first = await write('first', JSON.stringify({ ...whole, users: [] }))
      const second = await write('second', JSON.stringify({ apiVersion: 'v1', kind: 'Config', users: whole['users'], 'current-context': 'other' }))
      return { environment: { KUBECONFIG: `${first}:${join(folder, 'not-there')}:${second}` } }
    })
    expect(ending(record), record.raw).toEqual(good)
  })

  test('and says so when the account is not known, without showing the token', async () => {
    const record = await signIn('Bearer somebody-else', async ({ url }) => ({ inputs: { kubeconfig: kubeconfigFor(url, { token: TOKEN }) } }))
    expect({ exit: record.exitCode, fault: record.outputs['fault'] }).toEqual({ exit: 1, fault: 'ACCESS_DENIED' })
    expect([record.log.join('\n'), record.summary, ...record.temporaryFiles.map(({ text }) => text)].join('\n')).not.toContain(TOKEN)
  })
})
