import { Fault, type Host } from '@fairlead/base'
import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import type { Account } from './account.ts'
import { fileIdentity } from './token-file.ts'

/** Where the kubelet puts a Pod's own account. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'

/** The account of the Pod we run in; undefined where there is none. */
export async function podAccount(host: Host, folder: string): Promise<Account | undefined> {
  const { KUBERNETES_SERVICE_HOST: address = '', KUBERNETES_SERVICE_PORT: port = '443' } = host.environment
  if (address === '') return undefined
  const ca = await readIfThere(join(folder, 'ca.crt'))
  const namespace = (await readIfThere(join(folder, 'namespace')))?.trim()
  if (ca === undefined || (await readIfThere(join(folder, 'token'))) === undefined) return undefined
  return {
    server: new URL(`https://${isIPv6(address) ? `[${address}]` : address}:${port}`),
    namespace: namespace === '' ? undefined : namespace,
    tls: { ca },
    proxy: undefined,
    identity: fileIdentity(join(folder, 'token'), host),
    headers: {},
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Fault('ENVIRONMENT_MISSING', `service account: ${path} cannot be read`, {
      cause: error,
      hint: 'Check the permissions of the service account files.',
    })
  }
}
