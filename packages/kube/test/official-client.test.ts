import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { RequestOptions } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accountOf } from '../src/client/credentials/account.ts'
import { chooseContext, readKubeconfigs } from '../src/client/credentials/kubeconfig.ts'
import { makeAuthority } from './certificates.ts'
import { testHost } from './test-host.ts'
import { base64 } from './visiting.ts'

const authority = makeAuthority('agreement')
const pair = authority.issue('jane')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'official-'))
  for (const [name, text] of Object.entries({ 'ca.crt': authority.ca, 'jane.crt': pair.cert, 'jane.key': pair.key, token: 'file-token-value' })) {
    await writeFile(join(folder, name), text)
  }
})
afterAll(() => rm(folder, { recursive: true }))

/** What a connection is made of, whoever read the kubeconfig. */
interface Connection {
  readonly server: string | undefined
  readonly namespace: string | undefined
  readonly authorization: string | undefined
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly serverName: string | undefined
  readonly insecure: boolean
}

async function official(text: string): Promise<Connection> {
  const config = new KubeConfig()
  config.loadFromString(text)
  config.makePathsAbsolute(folder)
  const options: RequestOptions = { headers: {} }
  await config.applyToHTTPSOptions(options)
  const { Authorization: header } = options.headers as Record<string, string | undefined>
  const { ca, cert, key, servername, rejectUnauthorized, auth } = options
  return {
    server: config.getCurrentCluster()?.server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace,
    authorization: header ?? (typeof auth === 'string' ? `Basic ${base64(auth)}` : undefined),
    ca: ca?.toString(),
    cert: cert?.toString(),
    key: Buffer.isBuffer(key) || typeof key === 'string' ? key.toString() : undefined,
    serverName: servername,
    insecure: rejectUnauthorized === false,
  }
}

async function ours(text: string): Promise<Connection> {
  const { server, namespace, tls, identity } = await accountOf(chooseContext(readKubeconfigs([{ text, file: join(folder, 'config') }]), undefined), testHost())
  const { headers, certificate, key } = await identity.get()
  return {
    server: server.href.replace(/\/$/, ''),
    namespace,
    authorization: headers['authorization'],
    ca: tls.ca,
    cert: certificate,
    key,
    serverName: tls.serverName,
    insecure: tls.insecure === true,
  }
}

const inline = { 'certificate-authority-data': base64(authority.ca) }

describe('our reading of a kubeconfig', () => {
  test.each<{ name: string; cluster: object; user: object; namespace?: string }>([
    { name: 'a token', cluster: inline, user: { token: 'token-value' }, namespace: 'shop' },
    { name: 'a token file', cluster: { 'certificate-authority': 'ca.crt' }, user: { 'auth-provider': undefined, tokenFile: 'token' } },
    { name: 'a certificate', cluster: inline, user: { 'client-certificate-data': base64(pair.cert), 'client-key-data': base64(pair.key) } },
    { name: 'a certificate in files', cluster: { 'certificate-authority': 'ca.crt' }, user: { 'client-certificate': 'jane.crt', 'client-key': 'jane.key' } },
    { name: 'a name and a password', cluster: inline, user: { username: 'jane', password: 'pass:word' } },
    { name: 'another name for the server', cluster: { ...inline, 'tls-server-name': 'api.example.invalid' }, user: { token: 'token-value' } },
    { name: 'no verification', cluster: { 'insecure-skip-tls-verify': true }, user: { token: 'token-value' } },
  ])("is the official client's, with $name", async ({ cluster, user, namespace }) => {
    const text = JSON.stringify({
      'current-context': 'second',
      contexts: [
        { name: 'first', context: { cluster: 'other', user: 'other' } },
        { name: 'second', context: { cluster: 'there', user: 'me', namespace } },
      ],
      clusters: [
        { name: 'other', cluster: { server: 'https://other.invalid' } },
        { name: 'there', cluster: { server: 'https://there.invalid:6443', ...cluster } },
      ],
      users: [{ name: 'me', user }],
    })
    const theirs = await official(text)
    // Their token files belong to a field of their own making; kubectl's tokenFile they read relative to nothing.
    expect(await ours(text)).toEqual('tokenFile' in user ? { ...theirs, authorization: 'Bearer file-token-value' } : theirs)
  })
})
