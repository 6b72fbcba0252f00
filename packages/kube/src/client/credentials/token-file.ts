import { Fault, type Host } from '@fairlead/base'
import { readFile } from 'node:fs/promises'
import { bearer, termedIdentity, type IdentitySource } from './identity.ts'
import { maskSecret } from './secret-values.ts'

/** The kubelet replaces a Pod's token long before it expires; read this often, the new one is in use in time. */
const REREAD = 60_000

/** A bearer token that stands in a file and is replaced there, such as a Pod's own. Read again every minute, and when it is refused. */
export function fileIdentity(path: string, host: Host): IdentitySource {
  const obtain = async () => {
    const token = (await readCredentialFile(path)).trim()
    maskSecret(host, token)
    return { identity: bearer(token), until: host.clock.now() + REREAD }
  }
  // Counted on the monotonic clock: it is our own term, not one of the token's.
  return termedIdentity(obtain, () => host.clock.now())
}

/** Reads a file that a kubeconfig points to. */
export async function readCredentialFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Fault('ENVIRONMENT_MISSING', `kubeconfig: ${path} cannot be read, expected the file it points to, got ${code ?? 'an error'}`, {
      cause: error,
      hint: 'Check the paths in the kubeconfig.',
    })
  }
}
