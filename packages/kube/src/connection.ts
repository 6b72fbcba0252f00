import { Fault } from '@fairlead/base'

/** How the user says which cluster is meant, and which dangers of its kubeconfig are accepted. */
export interface ClusterInputs {
  /** The content of a kubeconfig, or the path of one. Absent: `KUBECONFIG`, then the account of the Pod we run in. */
  readonly kubeconfig?: string | undefined
  readonly context?: string | undefined
  readonly namespace?: string | undefined
  /** Names of programs that a kubeconfig may start to get a token: `aws`, `kubelogin`. */
  readonly allowExecPlugin: readonly string[]
  /** Accepts `insecure-skip-tls-verify` and `http:` servers. */
  readonly allowInsecure: boolean
  /** The `proxy-url` a kubeconfig may send requests through, word by word. */
  readonly allowProxy?: string | undefined
}

/**
 * The inputs every action that touches a cluster shares, as data: this package does not know what an action is.
 * `connectionOf` turns their values into ClusterInputs.
 */
export const clusterInputs = {
  namespace: {
    type: 'text',
    description: 'The namespace of whatever does not name its own. Absent, that of the context, otherwise `default`.',
    parse: parseNamespace,
  },
  kubeconfig: {
    type: 'text',
    multiline: true,
    description: 'The content of a kubeconfig, or the path of one. Absent, `KUBECONFIG`, then the account of the Pod the runner runs in.',
  },
  context: { type: 'text', description: 'The context of the kubeconfig. Absent, its current one.' },
  'allow-exec-plugin': {
    type: 'lines',
    description: 'Programs that the kubeconfig may start to get a token, one name per line: `aws`, `gke-gcloud-auth-plugin`, `kubelogin`.',
  },
  'allow-insecure': {
    type: 'flag',
    default: 'false',
    description: 'Accepts a kubeconfig with `insecure-skip-tls-verify` or an `http:` server. Whoever can listen in can then act as you.',
  },
  'allow-proxy': { type: 'text', description: 'The `proxy-url` that the kubeconfig may send requests through, word by word.' },
} as const

/** The values of `clusterInputs`, by the names the user knows. */
export interface ClusterInputValues {
  readonly namespace: string | undefined
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
  readonly 'allow-exec-plugin': readonly string[]
  readonly 'allow-insecure': boolean
  readonly 'allow-proxy': string | undefined
}

/** Takes what the user said about the cluster out of an action's inputs. */
export function connectionOf(values: ClusterInputValues): ClusterInputs {
  const { namespace, kubeconfig, context } = values
  return {
    namespace,
    kubeconfig,
    context,
    allowExecPlugin: values['allow-exec-plugin'],
    allowInsecure: values['allow-insecure'],
    allowProxy: values['allow-proxy'],
  }
}

/** Reads a namespace's name. Throws INPUT_INVALID. */
export function parseNamespace(text: string): string {
  if (text.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text)) return text
  throw new Fault('INPUT_INVALID', `expected the name of a namespace (lower-case letters, digits and -, at most 63), got ${JSON.stringify(text.slice(0, 80))}`)
}
