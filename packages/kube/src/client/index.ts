import { Fault, type Host } from '@fairlead/base'
import type { Cluster } from '../cluster.ts'
import type { ClusterInputs } from '../connection.ts'
import { accountOf, type Account } from './credentials/account.ts'
import { refuseDangers } from './credentials/dangers.ts'
import { findKubeconfig } from './credentials/kubeconfig-place.ts'
import { chooseContext, readKubeconfigs, textField } from './credentials/kubeconfig.ts'
import { podAccount, SERVICE_ACCOUNT } from './credentials/pod-account.ts'
import { RestCluster } from './rest-cluster.ts'
import { Rest } from './rest.ts'
import { openSession } from './session.ts'
import { maskUser } from './user-info.ts'

export { openRenderer } from './tool-renderer.ts'

/** How patient a connection is. */
export interface ClusterOptions {
  /** Milliseconds that a read is retried for while the API server does not answer. 60 s unless told. */
  readonly readDeadline?: number
  /** Milliseconds that a write is retried for. 60 s unless told. */
  readonly writeDeadline?: number
  /** Milliseconds that one attempt may take. 30 s unless told. */
  readonly attemptTimeout?: number
  /** Where a Pod's own account lies. */
  readonly serviceAccountFolder?: string
  /** Only for tests: what spreads the pauses. */
  readonly random?: () => number
}

/**
 * Prepares to speak with the cluster that the inputs, `KUBECONFIG` or our own Pod name. Masks every secret value it finds and refuses the dangers no input accepts.
 *
 * Contacts nothing yet and starts no program: that happens with the first request. Requests do not end with the host's signal, since a cancelled run still has to wind
 * up: whoever wants that passes it along.
 */
export async function connectCluster(inputs: ClusterInputs, host: Host, options: ClusterOptions = {}): Promise<Cluster> {
  const account = await findAccount(inputs, host, options)
  const { readDeadline = 60_000, writeDeadline = 60_000, attemptTimeout = 30_000, random } = options
  const rest = new Rest({
    server: account.server,
    session: openSession(account, host.environment),
    clock: host.clock,
    readDeadline,
    writeDeadline,
    attemptTimeout,
    ...(random === undefined ? {} : { random }),
  })
  return new RestCluster(rest, given(inputs.namespace) ?? account.namespace ?? 'default')
}

async function findAccount(inputs: ClusterInputs, host: Host, options: ClusterOptions): Promise<Account> {
  const texts = await findKubeconfig(inputs.kubeconfig, host)
  if (texts !== undefined) {
    const choice = chooseContext(readKubeconfigs(texts), given(inputs.context))
    // What is refused is printed.
    for (const field of ['server', 'proxy-url']) maskUser(host, textField(choice.cluster, field))
    refuseDangers(choice, inputs, host.environment)
    return accountOf(choice, host)
  }
  if (given(inputs.context) !== undefined) {
    throw new Fault('ENVIRONMENT_MISSING', `kubeconfig: context "${inputs.context}" is wanted, expected a kubeconfig it stands in, got none`, {
      hint: 'Set the `kubeconfig` input, or KUBECONFIG, as well.',
    })
  }
  const account = await podAccount(host, options.serviceAccountFolder ?? SERVICE_ACCOUNT)
  if (account !== undefined) return account
  throw new Fault('ENVIRONMENT_MISSING', 'cluster: nobody says which one, expected a kubeconfig input, KUBECONFIG or the account of a Pod, got none of them', {
    hint: 'Set the `kubeconfig` input to the content or the path of a kubeconfig.',
  })
}

/** An input that is left empty is not given. */
function given(input: string | undefined): string | undefined {
  return input === undefined || input.trim() === '' ? undefined : input.trim()
}
