import { Fault, type Problem } from '@fairlead/base'
import type { ClusterInputs } from '../../connection.ts'
import { valueAt } from '../../json-pointer.ts'
import { withoutUser } from '../user-info.ts'
import { textField, type Choice, type Entry } from './kubeconfig.ts'

/**
 * Refuses what a kubeconfig may do to the machine or to the connection unless an input accepts it: starting programs, trusting anybody, sending everything through a
 * proxy, reading files when nobody gave a file. All of it at once, each with the line to add.
 */
export function refuseDangers(
  { cluster, user }: Pick<Choice, 'cluster' | 'user'>,
  inputs: ClusterInputs,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const problems = [
    ...(user === undefined ? [] : startsPrograms(user, inputs)),
    ...trustsAnybody(cluster, inputs),
    ...goesThroughProxy(cluster, inputs),
    ...readsFiles(cluster, CLUSTER_FILES),
    ...(user === undefined ? [] : readsFiles(user, USER_FILES)),
    ...disablesTls(environment),
  ]
  const [first] = problems
  if (first === undefined) return
  const hint = problems.flatMap((problem) => (problem.hint === undefined ? [] : [problem.hint])).join('\n')
  throw new Fault('INPUT_INVALID', problems.map(({ message }) => message).join('; '), { hint, problems })
}

/** The program an auth-provider of old starts to get a token. */
export function tokenCommand(user: Entry): string | undefined {
  return textField(user, 'auth-provider', 'config', 'cmd-path')
}

function startsPrograms(user: Entry, { allowExecPlugin }: ClusterInputs): Problem[] {
  const commands = [textField(user, 'exec', 'command'), tokenCommand(user)].filter((command) => command !== undefined)
  return commands
    .filter((command) => !allowExecPlugin.includes(command))
    .map((command) => ({
      message: `kubeconfig: user "${user.name}" starts the program ${command}, expected one that is allowed`,
      hint: `allow-exec-plugin: ${command}`,
    }))
}

function trustsAnybody(cluster: Entry, { allowInsecure }: ClusterInputs): Problem[] {
  if (allowInsecure) return []
  const found: Problem[] = []
  const hint = 'allow-insecure: true'
  if (valueAt(cluster.fields, ['insecure-skip-tls-verify']) === true) {
    found.push({ message: `kubeconfig: cluster "${cluster.name}" trusts any server (insecure-skip-tls-verify), expected certificate-authority-data`, hint })
  }
  if (/^http:/i.test(textField(cluster, 'server') ?? '')) {
    found.push({
      message: `kubeconfig: cluster "${cluster.name}" is spoken to in the clear, expected an https: server, got ${withoutUser(textField(cluster, 'server') ?? '')}`,
      hint,
    })
  }
  return found
}

function goesThroughProxy(cluster: Entry, { allowProxy }: ClusterInputs): Problem[] {
  const proxy = textField(cluster, 'proxy-url')
  if (proxy === undefined || proxy === allowProxy || withoutUser(proxy) === allowProxy) return []
  const shown = withoutUser(proxy)
  return [
    { message: `kubeconfig: cluster "${cluster.name}" is reached through the proxy ${shown}, expected one that is allowed`, hint: `allow-proxy: ${shown}` },
  ]
}

const CLUSTER_FILES: readonly (readonly string[])[] = [['certificate-authority']]
const USER_FILES: readonly (readonly string[])[] = [
  ['client-certificate'],
  ['client-key'],
  ['tokenFile'],
  ['auth-provider', 'config', 'idp-certificate-authority'],
]

/** A kubeconfig given as text has no place that its paths could begin at, and no business with the machine's files. */
function readsFiles(entry: Entry, paths: readonly (readonly string[])[]): Problem[] {
  if (entry.file !== undefined) return []
  return paths
    .filter((path) => textField(entry, ...path) !== undefined)
    .map((path) => ({
      message: `kubeconfig: "${entry.name}" reads a file (${path.at(-1)}), expected data in a kubeconfig that is given as content`,
      hint: 'Make the kubeconfig whole with kubectl config view --flatten --raw, or give its path.',
    }))
}

function disablesTls(environment: Readonly<Record<string, string | undefined>>): Problem[] {
  if (environment['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return []
  return [
    {
      message: 'NODE_TLS_REJECT_UNAUTHORIZED=0 makes every program here trust any server, expected it unset',
      hint: 'Unset NODE_TLS_REJECT_UNAUTHORIZED, and give the authority with NODE_EXTRA_CA_CERTS.',
    },
  ]
}
