import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ManualClock } from '@fairlead/base/testing'
import { connectCluster } from '@fairlead/kube/client'
import { json, startServer, status } from './scripted-server.ts'
import { kubeconfig, NO_INPUTS, testHost } from './test-host.ts'
import { authority, base64, faultOf, FOUND, NAMESPACE, openVisiting } from './visiting.ts'
import { describe, expect, test } from 'vitest'

const here = openVisiting()

describe('exec plugins', () => {
  const plugin = async (name: string, script: string) => {
    const path = await here.write(name, `#!${process.execPath}\n${script}`)
    await chmod(path, 0o700)
    return path
  }
  const exec = (command: string, more: object = {}) =>
    kubeconfig(here.trusted(), { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never', ...more } })
  const credential = (status: string) =>
    `console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: ${status} }))`

  test('get their arguments, variables and the cluster, and nothing of our inputs', async () => {
    const command = await plugin(
      'echo-plugin',
      `require('fs').writeFileSync(${JSON.stringify(join(here.folder, 'seen'))}, JSON.stringify([process.argv.slice(2), process.env])); ${credential("{ token: 'exec-token' }")}`,
    )
    const host = testHost({ environment: { PATH: process.env['PATH'], INPUT_KUBECONFIG: 'secret', HOME: '/home/me' } })
    const text = exec(command, { args: ['get-token', '$(echo no shell)'], env: [{ name: 'AWS_PROFILE', value: 'ci' }], provideClusterInfo: true })
    expect(await here.visit({ kubeconfig: text, allowExecPlugin: [command] }, host)).toMatchObject({ authorization: 'Bearer exec-token' })
    const [words, environment] = JSON.parse(await readFile(join(here.folder, 'seen'), 'utf8')) as [string[], Record<string, string>]
    expect(words).toEqual(['get-token', '$(echo no shell)'])
    const { KUBERNETES_EXEC_INFO: info = '', ...rest } = environment
    expect(rest).toMatchObject({ AWS_PROFILE: 'ci', HOME: '/home/me' })
    expect(rest).not.toHaveProperty('INPUT_KUBECONFIG')
    expect(JSON.parse(info)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: here.trusted() },
    })
    expect(host.masked).toContain('exec-token')
  })

  test('are started once until their token expires, and again after a 401', async () => {
    const count = join(here.folder, 'count')
    await here.write('count', '')
    const command = await plugin(
      'counting-plugin',
      `const fs = require('fs'); fs.appendFileSync(${JSON.stringify(count)}, 'x'); const n = fs.readFileSync(${JSON.stringify(count)}).length; ${credential("{ token: 'token-' + n, expirationTimestamp: '2026-01-01T0' + (n - 1) + ':10:00Z' }")}`,
    )
    const clock = new ManualClock()
    const cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: exec(command), allowExecPlugin: [command] }, testHost({ clock, environment: process.env }))
    await Promise.all([cluster.get(NAMESPACE), cluster.get(NAMESPACE)])
    await cluster.get(NAMESPACE)
    await clock.advance(9 * 60_000 + 31_000)
    await cluster.get(NAMESPACE)
    here.server.script(status(401, 'Unauthorized', ''), json(FOUND))
    await cluster.get(NAMESPACE)
    expect(here.server.requests.map(({ headers }) => headers['authorization'])).toEqual(
      ['token-1', 'token-1', 'token-1', 'token-2', 'token-2', 'token-3'].map((token) => `Bearer ${token}`),
    )
    cluster.close()
  })

  test('may bring a certificate', async () => {
    const { cert, key } = authority.issue('plugged')
    const command = await plugin('certificate-plugin', credential(JSON.stringify({ clientCertificateData: cert, clientKeyData: key })))
    expect(await here.visit({ kubeconfig: exec(command), allowExecPlugin: [command] }, testHost({ environment: process.env }))).toMatchObject({ found: FOUND })
    expect(here.subject).toBe('plugged')
  })

  test.each([
    {
      name: 'a failure, with its words but not its output',
      script: "console.log('half-a-secret'); console.error('please sign in'); process.exit(3)",
      code: 'ACCESS_DENIED',
      message: /gave no credentials, got exit 3: please sign in$/,
    },
    { name: 'output that is no JSON', script: "console.log('half-a-secret')", code: 'ACCESS_DENIED', message: /expected JSON on stdout, got something else$/ },
    {
      name: 'another protocol',
      script: `console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1beta1', kind: 'ExecCredential', status: { token: 'half-a-secret' } }))`,
      code: 'ACCESS_DENIED',
      message: /got one of client\.authentication\.k8s\.io\/v1beta1$/,
    },
    {
      name: 'a credential without anything',
      script: `console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: {} }))`,
      code: 'ACCESS_DENIED',
      message: /got neither$/,
    },
  ])('report $name', async ({ name, script, code, message }) => {
    const command = await plugin(`bad-${name.length}-plugin`, script)
    const fault = await faultOf(here.visit({ kubeconfig: exec(command), allowExecPlugin: [command] }, testHost({ environment: process.env })))
    expect(fault).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(`${fault.message} ${fault.hint} ${String(fault.cause)}`).not.toContain('half-a-secret')
  })

  test('that hang are killed', async () => {
    const pid = join(here.folder, 'pid')
    const command = await plugin(
      'hanging-plugin',
      `require('fs').writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setTimeout(() => undefined, 600_000)`,
    )
    const clock = new ManualClock()
    const failing = faultOf(here.visit({ kubeconfig: exec(command), allowExecPlugin: [command] }, testHost({ clock, environment: process.env })))
    await expect.poll(() => readFile(pid, 'utf8').catch(() => '')).toMatch(/^\d+$/)
    await clock.advance(60_000)
    expect(await failing).toMatchObject({ code: 'ACCESS_DENIED', message: expect.stringContaining('no answer within 60 s') })
    const started = Number(await readFile(pid, 'utf8'))
    await expect.poll(() => isAlive(started)).toBe(false)
  })

  test('that hang end with what they have started, and let go of what escapes them', async () => {
    const started = join(here.folder, 'grandchildren')
    const grandchild = (detached: boolean) => `spawn('sleep', ['60'], { stdio: 'inherit', detached: ${detached} }).pid`
    const command = await plugin(
      'begetting-plugin',
      `const { spawn } = require('child_process'); require('fs').writeFileSync(${JSON.stringify(started)}, [${grandchild(false)}, ${grandchild(true)}].join(' ')); setTimeout(() => undefined, 600_000)`,
    )
    // A process of its own: it has to end by itself.
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', join(import.meta.dirname, 'plugin-caller.ts'), command, started], {
      timeout: 10_000,
    })
    const [own = 0, escaped = 0] = (await readFile(started, 'utf8')).split(' ').map(Number)
    const hasEscaped = isAlive(escaped)
    process.kill(escaped, 'SIGKILL')
    expect(stdout).toBe('stopped\n')
    expect(hasEscaped).toBe(true)
    await expect.poll(() => isAlive(own)).toBe(false)
  })

  test('have their variables and secret arguments masked before they start', async () => {
    const host = testHost({ environment: process.env })
    const words = [
      'get-token',
      '--server-id',
      'the-server',
      '--client-secret=first-secret',
      '--token',
      'second-secret',
      '-password',
      'third-secret',
      '--verbose',
    ]
    const text = exec('no-such-plugin', { args: words, env: [{ name: 'CLIENT_SECRET', value: 'fourth-secret' }] })
    await faultOf(here.visit({ kubeconfig: text, allowExecPlugin: ['no-such-plugin'] }, host))
    const secrets = ['first-secret', 'second-secret', 'third-secret', 'fourth-secret']
    expect(new Set(host.masked)).toEqual(new Set(secrets.flatMap((secret) => [secret, base64(secret)])))
  })

  test('that hang do not keep a request whose signal is aborted', async () => {
    const pid = join(here.folder, 'waiting')
    const command = await plugin(
      'waiting-plugin',
      `require('fs').writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setTimeout(() => undefined, 600_000)`,
    )
    const [stop, over] = [new AbortController(), new AbortController()]
    const host = testHost({ environment: process.env, signal: over.signal })
    const cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: exec(command), allowExecPlugin: [command] }, host)
    const ended = cluster.get(NAMESPACE, { signal: stop.signal }).catch((error: unknown) => error)
    await expect.poll(() => readFile(pid, 'utf8').catch(() => '')).toMatch(/^\d+$/)
    const reason = new Error('stopped')
    stop.abort(reason)
    expect(await ended).toBe(reason)
    over.abort(reason)
    await expect.poll(async () => isAlive(Number(await readFile(pid, 'utf8')))).toBe(false)
    cluster.close()
  })

  test('that are not installed are named with their own hint', async () => {
    const text = exec('no-such-plugin', { installHint: 'Get it from the cloud.' })
    expect(await faultOf(here.visit({ kubeconfig: text, allowExecPlugin: ['no-such-plugin'] }))).toMatchObject({
      code: 'ENVIRONMENT_MISSING',
      hint: 'Get it from the cloud.',
    })
  })

  test.each([{ more: { interactiveMode: 'Always' } }, { more: { apiVersion: 'client.authentication.k8s.io/v1alpha1' } }])(
    'cannot be used with $more',
    async ({ more }) => {
      expect(await faultOf(here.visit({ kubeconfig: exec('aws', more), allowExecPlugin: ['aws'] }))).toMatchObject({ code: 'UNSUPPORTED' })
    },
  )

  test('of old, with arguments and a path to the token', async () => {
    const command = await plugin('gcloud', "console.log(JSON.stringify({ credential: { access_token: 'gcloud-' + process.argv.slice(2).join('+') } }))")
    const config = { 'cmd-path': command, 'cmd-args': 'config  helper;ls', 'token-key': '{.credential.access_token}' }
    const text = kubeconfig(here.trusted(), { 'auth-provider': { name: 'gcp', config } })
    expect(await here.visit({ kubeconfig: text, allowExecPlugin: [command] }, testHost({ environment: process.env }))).toMatchObject({
      authorization: 'Bearer gcloud-config+helper;ls',
    })
  })
})

describe('OpenID Connect', () => {
  const jwt = (exp: number) => ['{"alg":"none"}', JSON.stringify({ exp }), 'signature'].map((part) => Buffer.from(part).toString('base64url')).join('.')
  const inTen = jwt(Date.parse('2026-01-01T00:10:00Z') / 1_000)
  const past = jwt(Date.parse('2025-12-31T00:00:00Z') / 1_000)
  const oidc = (config: object) => kubeconfig(here.trusted(), { 'auth-provider': { name: 'oidc', config } })

  test('uses an id-token while it holds', async () => {
    const host = testHost({ clock: new ManualClock() })
    expect(await here.visit({ kubeconfig: oidc({ 'id-token': inTen }) }, host)).toMatchObject({ authorization: `Bearer ${inTen}` })
    expect(host.masked).toContain(inTen)
  })

  test.each([
    {
      name: 'with the secret in a header',
      methods: ['client_secret_basic'],
      authorization: `Basic ${base64('us:sec%2Fret')}`,
      body: 'grant_type=refresh_token&refresh_token=refresh-me',
    },
    {
      name: 'with the secret in the body',
      methods: ['client_secret_post'],
      authorization: undefined,
      body: 'grant_type=refresh_token&refresh_token=refresh-me&client_id=us&client_secret=sec%2Fret',
    },
  ])('refreshes it at the issuer $name', async ({ methods, authorization, body }) => {
    const issuer = await startServer(authority.issue('issuer'))
    issuer.script(
      json({ token_endpoint: `${issuer.url}/token`, token_endpoint_auth_methods_supported: methods }),
      json({ id_token: inTen, refresh_token: 'rotated-token' }),
    )
    const host = testHost({ clock: new ManualClock() })
    const config = {
      'id-token': past,
      'refresh-token': 'refresh-me',
      'client-id': 'us',
      'client-secret': 'sec/ret',
      'idp-issuer-url': issuer.url,
      'idp-certificate-authority-data': base64(authority.ca),
    }
    expect(await here.visit({ kubeconfig: oidc(config) }, host)).toMatchObject({ authorization: `Bearer ${inTen}` })
    expect(issuer.requests.map(({ method, path, headers, body: sent }) => [method, path, headers['authorization'], sent])).toEqual([
      ['GET', '/.well-known/openid-configuration', undefined, ''],
      ['POST', '/token', authorization, body],
    ])
    expect(host.masked).toEqual(expect.arrayContaining(['refresh-me', 'sec/ret', inTen, 'rotated-token']))
    await issuer.close()
  })

  test('says why it cannot', async () => {
    const host = () => testHost({ clock: new ManualClock() })
    expect(await faultOf(here.visit({ kubeconfig: oidc({ 'id-token': past }) }, host()))).toMatchObject({
      code: 'ACCESS_DENIED',
      message: expect.stringContaining('got an expired id-token alone'),
    })
    const plain = { 'id-token': past, 'refresh-token': 'refresh-me', 'client-id': 'us', 'idp-issuer-url': 'http://127.0.0.1' }
    expect(await faultOf(here.visit({ kubeconfig: oidc(plain) }, host()))).toMatchObject({
      code: 'ACCESS_DENIED',
      message: expect.stringContaining('expected an https: issuer, got http://127.0.0.1/.well-known'),
    })
    const issuer = await startServer(authority.issue('issuer'))
    issuer.script(json({ token_endpoint: `${issuer.url}/token` }), json({ error: 'invalid_grant' }, 400))
    const refused = { ...plain, 'idp-issuer-url': issuer.url, 'idp-certificate-authority-data': base64(authority.ca) }
    expect(await faultOf(here.visit({ kubeconfig: oidc(refused) }, host()))).toMatchObject({
      code: 'ACCESS_DENIED',
      message: expect.stringMatching(/got 400 invalid_grant$/),
    })
    await issuer.close()
  })

  test('is the only living auth-provider', async () => {
    expect(await faultOf(here.visit({ kubeconfig: kubeconfig(here.trusted(), { 'auth-provider': { name: 'openstack' } }) }))).toMatchObject({
      code: 'UNSUPPORTED',
    })
  })
})

/** What was killed may stay on as a zombie where nobody buries orphans, as in a container. */
function isAlive(pid: number): boolean {
  try {
    if (existsSync('/proc/self/stat')) return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
