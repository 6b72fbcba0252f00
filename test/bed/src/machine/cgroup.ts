import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Creates a cgroup in every hierarchy the kubelet needs one in. Existing ones are left as they are. */
export async function createCgroup(path: string): Promise<void> {
  const { controlled } = cgroupMounts(await readFile('/proc/self/mounts', 'utf8'))
  for (const root of controlled) await mkdir(join(root, path), { recursive: true })
  const cpuset = controlled.find((root) => root.endsWith('/cpuset'))
  if (cpuset !== undefined) await inheritCpus(cpuset, path)
}

/** Removes a cgroup and all below it from every hierarchy, once its processes have ended. Gives what could not be removed. */
export async function removeCgroup(path: string): Promise<readonly string[]> {
  const left: string[] = []
  for (const root of cgroupMounts(await readFile('/proc/self/mounts', 'utf8')).all) {
    const folder = join(root, path)
    if (!(await removeTree(folder))) left.push(folder)
  }
  return left
}

/**
 * The cgroup mount points named in the text of /proc/self/mounts. `controlled` are those the kubelet works with; where
 * version 1 is in use, runc makes cgroups in the hierarchy of version 2 beside it too.
 */
export function cgroupMounts(mounts: string): { readonly all: readonly string[]; readonly controlled: readonly string[] } {
  const lines = mounts.split('\n').map((line) => line.split(' '))
  const pathsOf = (wanted: string) => lines.filter(([, , type]) => type === wanted).map(([, path = '']) => path)
  const [first, second] = [pathsOf('cgroup'), pathsOf('cgroup2')]
  return { all: [...first, ...second], controlled: first.length > 0 ? first : second }
}

/** A new cpuset of version 1 has no processors, and nothing can be put into it until it has. */
async function inheritCpus(root: string, path: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await writeFile(join(root, path, file), await readFile(join(root, file), 'utf8'))
  }
}

async function removeTree(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined)
  if (entries === undefined) return true
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name))
  for (let tries = 0; tries < 40; tries += 1) {
    try {
      await rmdir(folder)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true
      await sleep(50) // busy until the kernel has let go of its last process
    }
  }
  return false
}
