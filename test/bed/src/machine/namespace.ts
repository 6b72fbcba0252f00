import { mkdir, writeFile } from 'node:fs/promises'
import { run } from './program.ts'
import { addresses, nodeName } from './layout.ts'

/** The namespaces a bed has to itself; everything it starts dies with the first process in them. */
const own = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--uts', '--ipc', '--kill-child=SIGKILL']

/**
 * A command that runs `command` in new namespaces under a first process that buries orphans (containerd's shims become
 * its children) and ends when `command` does, taking everything else with it.
 */
export function unshareCommand(command: readonly string[]): readonly string[] {
  return ['unshare', ...own, 'sh', '-c', '"$@" & wait "$!"', 'bed', ...command]
}

/**
 * A command that runs `command` inside the namespaces of process `pid`, in folder `cwd`. The command gets SIGTERM when
 * nsenter ends, nsenter SIGKILL when its caller does: killed tests leave nothing running inside.
 */
export function enterCommand(pid: number, cwd: string, command: readonly string[]): readonly string[] {
  const enter = ['nsenter', '--target', String(pid), '--net', '--mount', '--pid', '--uts', '--ipc', `--wdns=${cwd}`]
  return ['setpriv', '--pdeathsig', 'KILL', ...enter, '--', 'setpriv', '--pdeathsig', 'TERM', ...command]
}

/** Gives the namespaces their mounts. Called once, inside them, before anything else is started. */
export async function prepareMounts(): Promise<void> {
  await run('mount', ['--no-mtab', '--make-rshared', '/'])
  // Sockets, locks and network names that programs insist on keeping in /run stay in this bed's own.
  await run('mount', ['--no-mtab', '-t', 'tmpfs', '-o', 'mode=755', 'bed', '/run'])
  await mkdir('/run/lock')
  // CNI's cache and the kubelet's links to logs have fixed places too: what is written there is written to memory.
  for (const folder of ['/var/lib', '/var/log']) await overlay(folder)
}

/** Gives the namespaces their network: loopback, a bridge with the node's address, and a default route nobody answers. */
export async function prepareNetwork(): Promise<void> {
  const commands = [
    'link set lo up',
    'link add node0 type bridge',
    `address add ${addresses.nodeSubnet} dev node0`,
    'link set node0 up',
    // Without a default route packets to Service addresses are refused before their destination is rewritten.
    'route add default dev node0',
  ]
  await run('ip', ['-batch', '-'], { input: `${commands.join('\n')}\n` })
  await writeFile('/proc/sys/net/ipv4/ip_forward', '1')
  await run('hostname', [nodeName])
}

async function overlay(folder: string): Promise<void> {
  const memory = `/run/bed${folder}`
  await mkdir(`${memory}/upper`, { recursive: true })
  await mkdir(`${memory}/work`)
  await run('mount', ['--no-mtab', '-t', 'overlay', '-o', `lowerdir=${folder},upperdir=${memory}/upper,workdir=${memory}/work`, 'bed', folder])
}
