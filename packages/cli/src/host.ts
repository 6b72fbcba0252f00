import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { originOf } from '@fairlead/action'
import type { Host } from '@fairlead/base'
import type { Machine } from './machine.ts'

/** The host of an operation that a person runs: the kubeconfig is where kubectl looks for it. */
export async function hostOf(machine: Machine, { signal, mask }: Pick<Host, 'signal' | 'mask'>): Promise<Host> {
  const { environment, folder, temporaryFolder, clock, mark, name } = machine
  return {
    environment: { ...environment, ...(await defaultKubeconfig(machine)) },
    workspace: folder,
    temporaryFolder,
    clock,
    signal,
    origin: originOf(environment, { mark, machine: name }),
    mask,
  }
}

/** `KUBECONFIG` first, then `~/.kube/config`; without either, the account of the Pod, which the client looks for by itself. */
async function defaultKubeconfig({ environment, home }: Machine): Promise<Readonly<Record<string, string>>> {
  if ((environment['KUBECONFIG'] ?? '') !== '') return {}
  const path = join(home, '.kube', 'config')
  return (await isThere(path)) ? { KUBECONFIG: path } : {}
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // One that is there and cannot be read is reported by whoever reads it.
    return code !== 'ENOENT' && code !== 'ENOTDIR'
  }
}
