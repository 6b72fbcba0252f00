import { Fault, type Host, type TlsIdentity } from '@fairlead/base'
import { dirname, resolve } from 'node:path'
import { valueAt } from '../../json-pointer.ts'
import { commandIdentity } from './token-command.ts'
import { fixedIdentity, bearer, type IdentitySource } from './identity.ts'
import { textField, type Choice, type Entry } from './kubeconfig.ts'
import { maskKey, maskSecret } from './secret-values.ts'
import { fileIdentity, readCredentialFile } from './token-file.ts'

/** Everything needed to speak with one API server as one account. */
export interface Account {
  readonly server: URL
  readonly namespace: string | undefined
  readonly tls: TlsIdentity
  readonly proxy: string | undefined
  readonly identity: IdentitySource
  /** Acting for somebody else (`as`), for every request. */
  readonly headers: Readonly<Record<string, string>>
}

/** Makes an account of what a context leads to. Its dangers have been accepted by then. Nothing is contacted and no program started yet. */
export async function accountOf({ cluster, user, namespace, context }: Choice, host: Host): Promise<Account> {
  return {
    server: serverOf(cluster),
    namespace,
    proxy: textField(cluster, 'proxy-url'),
    tls: await trustOf(cluster),
    identity: user === undefined ? fixedIdentity({ headers: {} }) : await identityOf(user, cluster, { host, context }),
    headers: user === undefined ? {} : impersonation(user),
  }
}

function serverOf(cluster: Entry): URL {
  const address = textField(cluster, 'server') ?? ''
  const server = URL.parse(address)
  if (server !== null && /^https?:$/.test(server.protocol)) return server
  throw invalid(`cluster "${cluster.name}" has no usable server`, 'an https: address', address === '' ? 'nothing' : address)
}

async function trustOf(cluster: Entry): Promise<TlsIdentity> {
  const ca = await pem(cluster, 'certificate-authority')
  const serverName = textField(cluster, 'tls-server-name')
  const insecure = valueAt(cluster.fields, ['insecure-skip-tls-verify']) === true
  return { ...(ca === undefined ? {} : { ca }), ...(serverName === undefined ? {} : { serverName }), ...(insecure ? { insecure } : {}) }
}

async function identityOf(user: Entry, cluster: Entry, { host, context }: { host: Host; context: string }): Promise<IdentitySource> {
  const certificate = await pem(user, 'client-certificate')
  const key = await pem(user, 'client-key')
  maskKey(host, key)
  maskSecret(host, textField(user, 'client-key-data'))
  if ((certificate === undefined) !== (key === undefined))
    throw invalid(`user "${user.name}" of context "${context}" has half a certificate`, 'client-certificate and client-key', 'one of them')
  const pair = certificate === undefined || key === undefined ? {} : { certificate, key }
  const source = await bearerSource(user, cluster, host)
  if (source === undefined) return fixedIdentity({ headers: {}, ...pair })
  return { renew: () => source.renew(), get: async () => ({ ...pair, ...(await source.get()) }) }
}

/** What goes into the Authorization header, in kubectl's order of precedence. */
async function bearerSource(user: Entry, cluster: Entry, host: Host): Promise<IdentitySource | undefined> {
  const [tokenFile, token, username] = ['tokenFile', 'token', 'username'].map((field) => textField(user, field))
  if (tokenFile !== undefined) return fileIdentity(beside(user, tokenFile), host)
  if (token !== undefined) {
    maskSecret(host, token)
    return fixedIdentity(bearer(token))
  }
  if (username !== undefined) return basic(username, textField(user, 'password') ?? '', host)
  // Loaded only for those who need them: a plain token starts no sooner for their sake.
  if (user.fields['exec'] !== undefined) return (await import('./exec-plugin.ts')).execIdentity({ user, cluster }, host)
  return user.fields['auth-provider'] === undefined ? undefined : providerSource(user, host)
}

function basic(username: string, password: string, host: Host): IdentitySource {
  const pair = Buffer.from(`${username}:${password}`).toString('base64')
  maskSecret(host, password)
  maskSecret(host, pair)
  return fixedIdentity({ headers: { authorization: `Basic ${pair}` } })
}

async function providerSource(user: Entry, host: Host): Promise<IdentitySource> {
  const name = textField(user, 'auth-provider', 'name') ?? 'none'
  switch (name) {
    case 'oidc': {
      const { openidIdentity } = await import('./openid.ts')
      const ca = await pem({ ...user, fields: valueAt(user.fields, ['auth-provider', 'config']) as Entry['fields'] }, 'idp-certificate-authority')
      return openidIdentity(user, { host, ...(ca === undefined ? {} : { ca }) })
    }
    case 'gcp':
    case 'azure':
      return commandIdentity(user, host)
    default:
      throw new Fault('UNSUPPORTED', `kubeconfig: user "${user.name}" has an unknown auth-provider, expected oidc, gcp or azure, got ${name}`, {
        hint: 'Use an exec plugin instead.',
      })
  }
}

/** PEM from `<field>-data` (base64), otherwise from the file that `<field>` names. */
async function pem(entry: Entry, field: string): Promise<string | undefined> {
  const data = textField(entry, `${field}-data`)
  if (data !== undefined) {
    const text = Buffer.from(data, 'base64').toString('utf8')
    if (text.includes('-----BEGIN')) return text
    throw invalid(`${field}-data of "${entry.name}" is no certificate or key`, 'PEM in base64', `${data.length} characters of something else`)
  }
  const path = textField(entry, field)
  return path === undefined ? undefined : readCredentialFile(beside(entry, path))
}

function beside({ file }: Entry, path: string): string {
  return file === undefined ? path : resolve(dirname(file), path)
}

function impersonation(user: Entry): Readonly<Record<string, string>> {
  const [as, uid] = [textField(user, 'as'), textField(user, 'as-uid')]
  const groups = valueAt(user.fields, ['as-groups'])
  const unsupported =
    ['as-user-extra'].find((field) => user.fields[field] !== undefined) ?? (Array.isArray(groups) && groups.length > 1 ? 'several as-groups' : undefined)
  if (unsupported !== undefined)
    throw new Fault('UNSUPPORTED', `kubeconfig: user "${user.name}" acts for another, expected as, as-uid and one of as-groups, got ${unsupported}`, {
      hint: 'Use an account that may do what is needed by itself.',
    })
  return {
    ...(as === undefined ? {} : { 'impersonate-user': as }),
    ...(uid === undefined ? {} : { 'impersonate-uid': uid }),
    ...(Array.isArray(groups) && groups.length === 1 ? { 'impersonate-group': String(groups[0]) } : {}),
  }
}

function invalid(what: string, expected: string, got: string): Fault {
  return new Fault('INPUT_INVALID', `kubeconfig: ${what}, expected ${expected}, got ${got}`, { hint: 'Correct the kubeconfig.' })
}
