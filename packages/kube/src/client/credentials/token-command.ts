import { Fault, type Host } from '@fairlead/base'
import { valueAt } from '../../json-pointer.ts'
import { tokenCommand } from './dangers.ts'
import { bearer, fixedIdentity, termedIdentity, type IdentitySource } from './identity.ts'
import { textField, type Entry } from './kubeconfig.ts'
import { runCredentialProgram } from './credential-program.ts'
import { maskSecret, secretWords } from './secret-values.ts'

const TIMEOUT = 60_000

/**
 * The `gcp` and `azure` auth-providers that kubectl itself dropped in 1.26 and that old kubeconfigs still have: a stored access-token, or a program (once allowed) that prints one.
 * The official client runs that program through a shell; here its arguments are split at spaces and nothing else.
 */
export function commandIdentity(user: Entry, host: Host): IdentitySource {
  const field = (name: string) => textField(user, 'auth-provider', 'config', name)
  const stored = field('access-token')
  const command = tokenCommand(user)
  maskSecret(host, stored)
  if (command === undefined) {
    if (stored === undefined) throw unusable(user, 'an access-token or a cmd-path', 'neither')
    return fixedIdentity(bearer(stored))
  }
  const words = (field('cmd-args') ?? '').split(/\s+/).filter((word) => word !== '')
  for (const secret of secretWords(words)) maskSecret(host, secret)
  const program = {
    command,
    arguments: words,
    file: user.file,
    environment: {},
    timeout: TIMEOUT,
    installHint: undefined,
  }
  const obtain = async () => {
    const answer = parse(await runCredentialProgram(program, host), user)
    const token = valueAt(answer, keyPath(field('token-key') ?? '{.access_token}'))
    if (typeof token !== 'string' || token === '') throw unusable(user, 'a token where token-key points', 'none')
    maskSecret(host, token)
    const until = Date.parse(String(valueAt(answer, keyPath(field('expiry-key') ?? '{.token_expiry}'))))
    return { identity: bearer(token), ...(Number.isNaN(until) ? {} : { until }) }
  }
  return termedIdentity(obtain, () => host.clock.date().getTime())
}

/** `{.credential.access_token}` as a path. */
function keyPath(key: string): readonly string[] {
  return key
    .replace(/^\{|\}$/g, '')
    .split('.')
    .filter((part) => part !== '')
}

function parse(output: string, user: Entry): unknown {
  try {
    return JSON.parse(output)
  } catch {
    // The parser's message quotes the output.
    throw unusable(user, 'JSON from its program', 'something else')
  }
}

function unusable(user: Entry, expected: string, got: string): Fault {
  return new Fault('ACCESS_DENIED', `kubeconfig: user "${user.name}" has no usable token, expected ${expected}, got ${got}`, {
    hint: 'Use an exec plugin (gke-gcloud-auth-plugin, kubelogin) instead of the auth-provider.',
  })
}
