import { Fault, type Host } from '@fairlead/base'
import { valueAt } from '../../json-pointer.ts'
import { bearer, termedIdentity, type Identity, type IdentitySource, type Term } from './identity.ts'
import { textField, type Entry } from './kubeconfig.ts'
import { runCredentialProgram, type CredentialProgram } from './credential-program.ts'
import { maskKey, maskSecret, secretWords } from './secret-values.ts'

const PROTOCOL = /^client\.authentication\.k8s\.io\/v1(?:beta1)?$/
const TIMEOUT = 60_000

/**
 * Gets credentials from a program, by the client.authentication.k8s.io protocol (v1, v1beta1).
 *
 * Our own, since the official client's (2.0.1) sets no KUBERNETES_EXEC_INFO, has no timeout, hands the program our inputs, and quotes its stdout, which may hold a
 * token, when that is no JSON. The program may not ask anybody: there is nobody.
 */
export function execIdentity({ user, cluster }: { readonly user: Entry; readonly cluster: Entry }, host: Host): IdentitySource {
  const apiVersion = textField(user, 'exec', 'apiVersion') ?? ''
  const command = textField(user, 'exec', 'command') ?? ''
  if (!PROTOCOL.test(apiVersion)) throw unsupported(command, 'client.authentication.k8s.io/v1 or v1beta1', apiVersion === '' ? 'no apiVersion' : apiVersion)
  if (textField(user, 'exec', 'interactiveMode') === 'Always')
    throw unsupported(command, 'a program that needs nobody at a keyboard', 'interactiveMode: Always')
  const [words, given] = [listOf(user, 'args').map(String), variables(user)]
  // The program may quote what it was given on stderr, which a fault quotes in turn.
  for (const secret of [...Object.values(given), ...secretWords(words)]) maskSecret(host, secret)
  const program: CredentialProgram = {
    command,
    arguments: words,
    file: user.file,
    environment: { ...given, KUBERNETES_EXEC_INFO: JSON.stringify(execInfo(apiVersion, user, cluster)) },
    timeout: TIMEOUT,
    installHint: textField(user, 'exec', 'installHint'),
  }
  const obtain = async () => readCredential(await runCredentialProgram(program, host), { command, apiVersion, host })
  return termedIdentity(obtain, () => host.clock.date().getTime())
}

function execInfo(apiVersion: string, user: Entry, { fields }: Entry): unknown {
  const cluster = {
    server: fields['server'],
    'tls-server-name': fields['tls-server-name'],
    'insecure-skip-tls-verify': fields['insecure-skip-tls-verify'],
    'certificate-authority-data': fields['certificate-authority-data'],
    'proxy-url': fields['proxy-url'],
    config: extension(fields['extensions']),
  }
  const provides = valueAt(user.fields, ['exec', 'provideClusterInfo']) === true
  return { apiVersion, kind: 'ExecCredential', spec: { interactive: false, ...(provides ? { cluster } : {}) } }
}

/** What the cluster's entry has to say to the plugin: the extension of that reserved name. */
function extension(extensions: unknown): unknown {
  const found = Array.isArray(extensions) ? extensions.find((each) => valueAt(each, ['name']) === 'client.authentication.k8s.io/exec') : undefined
  return valueAt(found, ['extension'])
}

function variables(user: Entry): Record<string, string> {
  return Object.fromEntries(listOf(user, 'env').map((each) => [String(valueAt(each, ['name'])), String(valueAt(each, ['value']))]))
}

function listOf(user: Entry, field: string): readonly unknown[] {
  const list = valueAt(user.fields, ['exec', field])
  return Array.isArray(list) ? list : []
}

function readCredential(output: string, { command, apiVersion, host }: { command: string; apiVersion: string; host: Host }): Term {
  const credential = parse(output, command)
  const got = valueAt(credential, ['apiVersion'])
  if (valueAt(credential, ['kind']) !== 'ExecCredential' || got !== apiVersion)
    throw unusable(command, `an ExecCredential of ${apiVersion}`, `one of ${String(got).slice(0, 80)}`)
  const [token, certificate, key, until] = ['token', 'clientCertificateData', 'clientKeyData', 'expirationTimestamp'].map((field) =>
    statusText(credential, field),
  )
  maskSecret(host, token)
  maskKey(host, key)
  const pair = certificate === undefined || key === undefined ? undefined : { certificate, key }
  if (token === undefined && pair === undefined) throw unusable(command, 'a token or a certificate with its key', 'neither')
  const identity: Identity = { ...(token === undefined ? { headers: {} } : bearer(token)), ...pair }
  const term = until === undefined ? Number.NaN : Date.parse(until)
  return { identity, ...(Number.isNaN(term) ? {} : { until: term }) }
}

function statusText(credential: unknown, field: string): string | undefined {
  const value = valueAt(credential, ['status', field])
  return typeof value === 'string' && value !== '' ? value : undefined
}

function parse(output: string, command: string): unknown {
  try {
    return JSON.parse(output)
  } catch {
    // The parser's message quotes the output.
    throw unusable(command, 'JSON on stdout', output.trim() === '' ? 'nothing' : 'something else')
  }
}

function unusable(command: string, expected: string, got: string): Fault {
  return new Fault('ACCESS_DENIED', `kubeconfig: the program ${command} gave no usable credentials, expected ${expected}, got ${got}`, {
    hint: `Run ${command} by hand, and check the apiVersion of its exec section.`,
  })
}

function unsupported(command: string, expected: string, got: string): Fault {
  return new Fault('UNSUPPORTED', `kubeconfig: the exec plugin ${command} cannot be used here, expected ${expected}, got ${got}`, {
    hint: 'Update the exec section of the kubeconfig.',
  })
}
