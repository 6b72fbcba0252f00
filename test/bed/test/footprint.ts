import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupMounts } from '../src/machine/cgroup.ts'
import { bedFolder } from '../src/machine/folders.ts'

/** Everything on this machine in which the bed of that name could leave a trace. Before it and after it must be equal. */
export function footprint(name: string): object {
  const folder = bedFolder(process.env, name)
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
  return {
    processes: processesNaming(folder),
    folders: [folder, `${folder}.lock`].filter(existsSync),
    mounts: mounts.split('\n').filter((line) => line.includes(folder)),
    cgroups: cgroupMounts(mounts).all.flatMap((root) =>
      entries(root)
        .filter((entry) => entry.startsWith(`fairlead-${name}-`))
        .map((entry) => join(root, entry)),
    ),
    links: String(execFileSync('ip', ['-brief', 'link']))
      .split('\n')
      .map((line) => line.split(/[\s@]/)[0]),
    networks: entries('/run/netns'),
    // Where the programs of a node write unless told otherwise.
    elsewhere: [
      '/run/containerd',
      '/run/mount',
      '/var/lib/cni',
      '/var/lib/kubelet',
      '/var/lib/containerd',
      '/var/log/pods',
      '/var/log/containers',
      '/var/run/kubernetes',
      '/opt/containerd',
      '/opt/cni',
      '/etc/cni',
      '/usr/libexec/kubernetes',
      '/run/xtables.lock',
    ].filter(existsSync),
  }
}

function processesNaming(folder: string): readonly string[] {
  return entries('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return line.includes(`${folder}/`) || line.trimEnd().endsWith(folder) ? [line] : []
      } catch {
        return [] // ended meanwhile
      }
    })
}

function entries(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder).toSorted() : []
}
