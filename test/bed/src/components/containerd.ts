import { statfsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Component } from './component.ts'
import { addresses, bedPaths, pauseImage, type Layout } from '../machine/layout.ts'
import { attempt } from '../machine/program.ts'

/** The socket of the bed's own containerd: the usual path, since every bed has a /run of its own. */
export const containerdSocket = '/run/containerd/containerd.sock'

const overlayFilesystem = 0x794c7630

/** Writes containerd's settings and its network settings, and says how it is started. */
export async function containerd(layout: Layout): Promise<Component> {
  const work = bedPaths(layout.folder).work
  const network = join(work, 'cni')
  await mkdir(network, { recursive: true })
  await mkdir(join(work, 'tmp'), { recursive: true })
  await writeFile(join(network, '10-bed.conflist'), JSON.stringify(podNetwork(join(work, 'cni-addresses')), null, 2))
  const settings = join(work, 'containerd.toml')
  await writeFile(settings, containerdSettings(work, network))
  return {
    name: 'containerd',
    command: '/usr/bin/containerd',
    args: ['--config', settings],
    environment: { TMPDIR: join(work, 'tmp') },
  }
}

/** Whether containerd answers on its socket. */
export async function containerdAnswers(): Promise<boolean> {
  return (await attempt('ctr', ['--address', containerdSocket, '--timeout', '2s', 'version'])).code === 0
}

function containerdSettings(work: string, network: string): string {
  // An overlay cannot lie on an overlay: inside a container image layers are copied instead.
  const snapshotter = statfsSync(work).type === overlayFilesystem ? 'native' : 'overlayfs'
  const cri = 'plugins."io.containerd.grpc.v1.cri"'
  return `version = 2
root = "${join(work, 'containerd')}"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing",
]

[grpc]
address = "${containerdSocket}"

[plugins."io.containerd.internal.v1.opt"]
path = "${join(work, 'containerd-opt')}"

[${cri}]
sandbox_image = "${pauseImage}"
# Without CAP_SYS_RESOURCE no score may be lowered, and runc would die with an unhelpful "final child's PID" error.
restrict_oom_score_adj = true
enable_unprivileged_ports = true

[${cri}.containerd]
snapshotter = "${snapshotter}"
default_runtime_name = "runc"

[${cri}.containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[${cri}.cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${network}"
`
}

function podNetwork(addressFolder: string): object {
  return {
    cniVersion: '0.4.0',
    name: 'bed',
    plugins: [
      {
        type: 'bridge',
        bridge: 'pods0',
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: { type: 'host-local', dataDir: addressFolder, ranges: [[{ subnet: addresses.pods }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }
}
