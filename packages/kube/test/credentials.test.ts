import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ManualClock } from '@fairlead/base/testing'
import { connectCluster } from '@fairlead/kube/client'
import { json, status } from './scripted-server.ts'
import { kubeconfig, NO_INPUTS, testHost } from './test-host.ts'
import { authority, base64, faultOf, FOUND, NAMESPACE, openVisiting } from './visiting.ts'
import { describe, expect, test } from 'vitest'

const here = openVisiting()

describe('kubeconfig', () => {
  test.each([
    { name: 'as content', give: async (text: string) => ({ inputs: { kubeconfig: text } }) },
    { name: 'as content in base64', give: async (text: string) => ({ inputs: { kubeconfig: `${base64(text)}\n` } }) },
    { name: 'as an absolute path', give: async (text: string) => ({ inputs: { kubeconfig: await here.write('absolute', text) } }) },
    {
      name: 'as a path in the workspace',
      give: async (text: string) => ({
        inputs: { kubeconfig: 'relative' },
        host: testHost({ workspace: here.folder }),
        made: await here.write('relative', text),
      }),
    },
    { name: 'by KUBECONFIG', give: async (text: string) => ({ inputs: {}, host: testHost({ environment: { KUBECONFIG: await here.write('named', text) } }) }) },
  ])('is read $name', async ({ give }) => {
    const { inputs, host } = { host: testHost(), ...(await give(kubeconfig(here.trusted(), { token: 'token-by-content' }))) }
    expect(await here.visit(inputs, host)).toEqual({ found: FOUND, namespace: 'shop', authorization: 'Bearer token-by-content' })
  })

  test('is merged from several paths: the first to name something counts, missing files are passed over', async () => {
    const first = await here.write('first', JSON.stringify({ 'current-context': 'both', users: [{ name: 'me', user: { token: 'first-token' } }] }))
    const second = await here.write(
      'second',
      JSON.stringify({
        'current-context': 'other',
        contexts: [{ name: 'both', context: { cluster: 'there', user: 'me' } }],
        clusters: [{ name: 'there', cluster: here.trusted() }],
        users: [{ name: 'me', user: { token: 'second-token' } }],
      }),
    )
    const host = testHost({ environment: { KUBECONFIG: [join(here.folder, 'nothing-here'), first, second].join(':') } })
    expect(await here.visit({}, host)).toEqual({ found: FOUND, namespace: 'default', authorization: 'Bearer first-token' })
  })

  test('has its relative files beside it', async () => {
    await mkdir(join(here.folder, 'beside'), { recursive: true })
    await here.write('beside/ca.crt', authority.ca)
    await here.write('beside/token', 'token-beside\n')
    const path = await here.write('beside/config', kubeconfig({ server: here.server.url, 'certificate-authority': 'ca.crt' }, { tokenFile: 'token' }))
    expect(await here.visit({ kubeconfig: path }, testHost({ workspace: '/' }))).toMatchObject({ authorization: 'Bearer token-beside' })
  })

  test('gives way to the inputs for context and namespace', async () => {
    const text = JSON.stringify({
      contexts: [
        { name: 'a', context: { cluster: 'nowhere', user: 'me' } },
        { name: 'b', context: { cluster: 'there', user: 'me', namespace: 'theirs' } },
      ],
      clusters: [{ name: 'there', cluster: here.trusted() }],
      users: [{ name: 'me', user: { token: 'a-token' } }],
    })
    expect(await here.visit({ kubeconfig: text, context: 'b', namespace: 'mine' })).toMatchObject({ namespace: 'mine' })
    expect(await faultOf(here.visit({ kubeconfig: text, context: 'c' }))).toMatchObject({
      code: 'INPUT_INVALID',
      message: 'kubeconfig: there is no context "c", expected one of "a", "b", got "c"',
    })
    expect(await faultOf(here.visit({ kubeconfig: text }))).toMatchObject({
      message: 'kubeconfig: no context is chosen, expected current-context or one of "a", "b", got neither',
    })
    expect(await faultOf(here.visit({ kubeconfig: text, context: 'a' }))).toMatchObject({
      message: 'kubeconfig: context "a" leads nowhere, expected a cluster of the kubeconfig, got "nowhere"',
    })
  })

  test('never quotes a line it cannot read', async () => {
    const fault = await faultOf(here.visit({ kubeconfig: 'apiVersion: v1\nusers: [{token: very-secret\n' }))
    expect(fault).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringMatching(/^kubeconfig: its content cannot be read at line \d+, column \d+, expected YAML, got [A-Z_]+$/),
    })
    expect(String(fault.cause)).not.toContain('very-secret')
  })

  test.each([
    { name: 'nothing at all', inputs: {}, code: 'ENVIRONMENT_MISSING' },
    { name: 'a path that is not there', inputs: { kubeconfig: '/no/such/file' }, code: 'ENVIRONMENT_MISSING' },
    { name: 'only a context', inputs: { context: 'prod' }, code: 'ENVIRONMENT_MISSING' },
    { name: 'empty inputs', inputs: { kubeconfig: ' ', context: '', namespace: '' }, code: 'ENVIRONMENT_MISSING' },
  ])('is missing with $name', async ({ inputs, code }) => {
    expect(await faultOf(here.visit(inputs))).toMatchObject({ code, hint: expect.stringContaining('`kubeconfig`') })
  })
})

describe('dangers', () => {
  test('are refused all at once, each with the line that accepts it', async () => {
    const text = kubeconfig(
      { server: 'http://10.0.0.1', 'insecure-skip-tls-verify': true, 'proxy-url': 'http://user:pass@proxy:3128' },
      { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', args: [] } },
    )
    expect(await faultOf(here.visit({ kubeconfig: text, allowExecPlugin: ['kubelogin'] }))).toMatchObject({
      code: 'INPUT_INVALID',
      hint: 'allow-exec-plugin: aws\nallow-insecure: true\nallow-insecure: true\nallow-proxy: http://proxy:3128',
      problems: [
        { message: 'kubeconfig: user "me" starts the program aws, expected one that is allowed', hint: 'allow-exec-plugin: aws' },
        {
          message: 'kubeconfig: cluster "there" trusts any server (insecure-skip-tls-verify), expected certificate-authority-data',
          hint: 'allow-insecure: true',
        },
        { message: 'kubeconfig: cluster "there" is spoken to in the clear, expected an https: server, got http://10.0.0.1', hint: 'allow-insecure: true' },
        {
          message: 'kubeconfig: cluster "there" is reached through the proxy http://proxy:3128, expected one that is allowed',
          hint: 'allow-proxy: http://proxy:3128',
        },
      ],
    })
  })

  test.each([
    { name: 'an @ in the password', proxy: 'http://ci:p@ssw0rd123@proxy.corp:3128', shown: 'http://proxy.corp:3128' },
    { name: 'a slash in the password', proxy: 'http://ci:p@ssw0rd123/x@proxy.corp:3128', shown: 'http://proxy.corp:3128' },
    { name: 'an encoded password', proxy: 'http://ci:p%40ssw0rd123@proxy.corp:3128', shown: 'http://proxy.corp:3128' },
    { name: 'no scheme', proxy: 'ci:p@ssw0rd123@proxy.corp:3128', shown: 'proxy.corp:3128' },
    { name: 'a token for a user', proxy: 'http://p@ssw0rd123@proxy.corp:3128', shown: 'http://proxy.corp:3128' },
  ])('show no password of a proxy with $name, and mask it before', async ({ proxy, shown }) => {
    const host = testHost()
    const fault = await faultOf(here.visit({ kubeconfig: kubeconfig({ ...here.trusted(), 'proxy-url': proxy }) }, host))
    expect(fault).toMatchObject({ hint: `allow-proxy: ${shown}`, message: expect.stringContaining(`through the proxy ${shown},`) })
    expect(`${fault.message} ${fault.hint}`).not.toContain('ssw0rd')
    expect(host.masked.some((secret) => secret.startsWith('p@ssw0rd123'))).toBe(true)
  })

  test('leave the password of a server out of the name messages have for it', async () => {
    const host = testHost()
    const cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: kubeconfig({ server: 'https://ci:p@ssw0rd123@api.invalid:6443/prod' }) }, host)
    expect(cluster.server).toBe('https://api.invalid:6443/prod')
    expect(host.masked).toContain('p@ssw0rd123')
    cluster.close()
  })

  test('include a program of an auth-provider, a like-named program elsewhere, files of a kubeconfig without a place, and a switched-off check', async () => {
    const gcp = kubeconfig(here.trusted(), { 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/usr/bin/gcloud' } } })
    expect(await faultOf(here.visit({ kubeconfig: gcp, allowExecPlugin: ['gcloud'] }))).toMatchObject({ hint: 'allow-exec-plugin: /usr/bin/gcloud' })
    const near = kubeconfig(here.trusted(), { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './aws' } })
    expect(await faultOf(here.visit({ kubeconfig: near, allowExecPlugin: ['aws'] }))).toMatchObject({ hint: 'allow-exec-plugin: ./aws' })
    const files = kubeconfig({ server: here.server.url, 'certificate-authority': '/etc/passwd' }, { tokenFile: '/etc/shadow' })
    expect((await faultOf(here.visit({ kubeconfig: files }))).problems).toHaveLength(2)
    const host = testHost({ environment: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } })
    expect(await faultOf(here.visit({ kubeconfig: kubeconfig(here.trusted()) }, host))).toMatchObject({
      code: 'INPUT_INVALID',
      message: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED=0'),
    })
    expect(here.server.requests).toEqual([])
  })

  test('are taken when an input accepts them', async () => {
    const text = kubeconfig({ server: here.server.url, 'insecure-skip-tls-verify': true })
    expect(await here.visit({ kubeconfig: text, allowInsecure: true })).toMatchObject({ found: FOUND })
  })
})

describe('accounts', () => {
  test('prove themselves with a token, which is masked', async () => {
    const host = testHost()
    expect(await here.visit({ kubeconfig: kubeconfig(here.trusted(), { token: 'secret-token' }) }, host)).toMatchObject({
      authorization: 'Bearer secret-token',
    })
    expect(host.masked).toEqual(['secret-token', base64('secret-token')])
  })

  test('prove themselves with a name and a password, masked together and alone', async () => {
    const host = testHost()
    expect(await here.visit({ kubeconfig: kubeconfig(here.trusted(), { username: 'jane', password: 'pass-word' }) }, host)).toMatchObject({
      authorization: `Basic ${base64('jane:pass-word')}`,
    })
    expect(host.masked).toEqual(expect.arrayContaining(['pass-word', base64('jane:pass-word')]))
    expect(host.masked).not.toContain('jane')
  })

  test('prove themselves with a certificate, whose key is masked line by line without the lines every key has', async () => {
    const { cert, key } = authority.issue('jane')
    const host = testHost()
    const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) }
    expect(await here.visit({ kubeconfig: kubeconfig(here.trusted(), user) }, host)).toMatchObject({ found: FOUND, authorization: undefined })
    expect(here.subject).toBe('jane')
    const body = key.split('\n').filter((line) => line !== '' && !line.startsWith('-----'))
    expect(host.masked).toEqual([...body.filter((line) => line.length >= 16), base64(key), base64(key), base64(base64(key))])
  })

  test('read a token file again when it is replaced', async () => {
    const clock = new ManualClock()
    const token = await here.write('token', 'token-one')
    const path = await here.write('with-token-file', kubeconfig(here.trusted(), { tokenFile: token }))
    const cluster = await connectCluster({ ...NO_INPUTS, kubeconfig: path }, testHost({ clock }))
    await cluster.get(NAMESPACE)
    await here.write('token', 'token-two')
    await cluster.get(NAMESPACE)
    await clock.advance(60_000)
    await cluster.get(NAMESPACE)
    expect(here.server.requests.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token-one', 'Bearer token-one', 'Bearer token-two'])
    await here.write('token', 'token-three')
    here.server.script(status(401, 'Unauthorized', 'Unauthorized'), json(FOUND), status(401, 'Unauthorized', 'Unauthorized'))
    expect(await cluster.get(NAMESPACE)).toEqual(FOUND)
    expect(here.server.requests.at(-1)?.headers['authorization']).toBe('Bearer token-three')
    here.server.requests.length = 0
    expect(await faultOf(cluster.get(NAMESPACE))).toMatchObject({ code: 'ACCESS_DENIED' })
    expect(here.server.requests).toHaveLength(2)
    cluster.close()
  })

  test('of a Pod need no kubeconfig', async () => {
    await mkdir(join(here.folder, 'account'), { recursive: true })
    await here.write('account/ca.crt', authority.ca)
    await here.write('account/token', 'pod-token')
    await here.write('account/namespace', 'ci\n')
    const host = testHost({ environment: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(here.server.port) } })
    expect(await here.visit({}, host, { serviceAccountFolder: join(here.folder, 'account') })).toEqual({
      found: FOUND,
      namespace: 'ci',
      authorization: 'Bearer pod-token',
    })
    expect(host.masked).toContain('pod-token')
  })

  test('act for another', async () => {
    await here.visit({ kubeconfig: kubeconfig(here.trusted(), { token: 'a-token', as: 'jane', 'as-groups': ['ops'] }) })
    expect(here.server.requests[0]?.headers).toMatchObject({ 'impersonate-user': 'jane', 'impersonate-group': 'ops' })
  })
})
