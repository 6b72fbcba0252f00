import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Api } from '../access/api.ts'
import type { Component } from './component.ts'
import { containerdSocket } from './containerd.ts'
import { kubeconfigOf } from '../access/credentials.ts'
import { addresses, bedPaths, nodeName, type Layout } from '../machine/layout.ts'

/** Writes the kubelet's settings and says how it is started. Its cgroup must exist. */
export async function kubelet(layout: Layout): Promise<Component> {
  const { work } = bedPaths(layout.folder)
  const root = join(work, 'kubelet')
  await mkdir(root, { recursive: true })
  const settings = join(work, 'kubelet.json')
  await writeFile(settings, JSON.stringify(kubeletSettings(layout), null, 2))
  await writeFile(join(work, 'resolv.conf'), 'nameserver 127.0.0.1\n')
  return {
    name: 'kubelet',
    command: join(layout.programs.bin, 'kubelet'),
    args: [
      `--config=${settings}`,
      `--kubeconfig=${kubeconfigOf(layout.folder, 'kubelet')}`,
      `--root-dir=${root}`,
      `--cert-dir=${join(root, 'pki')}`,
      `--node-ip=${addresses.node}`,
      `--hostname-override=${nodeName}`,
    ],
    environment: { TMPDIR: join(work, 'tmp') },
  }
}

/** Whether the node says it is ready; otherwise throws the sentence it gives why not. */
export async function nodeIsReady(api: Api): Promise<boolean> {
  const node = JSON.parse(await api.get(`/api/v1/nodes/${nodeName}`)) as {
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message: string }[] }
  }
  const ready = node.status.conditions?.find((condition) => condition.type === 'Ready')
  if (ready?.status === 'True') return true
  throw new Error(ready?.message ?? 'the node has registered and not yet said how it is')
}

function kubeletSettings(layout: Layout): object {
  const { certificates, work } = bedPaths(layout.folder)
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: join(certificates, 'ca.crt') } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: join(certificates, 'kubelet.crt'),
    tlsPrivateKeyFile: join(certificates, 'kubelet.key'),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: layout.cgroup,
    // Since Kubernetes 1.35 a kubelet refuses cgroup v1 unless told otherwise, and there is no flag for it.
    failCgroupV1: false,
    failSwapOn: false,
    // containerd 1.6 does not pin the sandbox image: collected, it could never be fetched again.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    // The machine's disk belongs to others too; how full it is says nothing about the bed.
    evictionHard: { 'memory.available': '0%', 'nodefs.available': '0%', 'nodefs.inodesFree': '0%', 'imagefs.available': '0%', 'imagefs.inodesFree': '0%' },
    oomScoreAdj: 0,
    serializeImagePulls: false,
    podLogsDir: join(work, 'pod-logs'),
    volumePluginDir: join(work, 'volume-plugins'),
    // Nobody answers there: a bed has no cluster DNS. Without the setting every Pod would carry a warning about it.
    clusterDNS: [addresses.node],
    clusterDomain: 'cluster.local',
    resolvConf: join(work, 'resolv.conf'),
  }
}
