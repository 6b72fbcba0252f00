import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Component } from './component.ts'
import { kubeconfigOf } from '../access/credentials.ts'
import { addresses, bedPaths, nodeName, type Layout } from '../machine/layout.ts'

/** Writes kube-proxy's settings and says how it is started. */
export async function kubeProxy(layout: Layout): Promise<Component> {
  const settings = join(bedPaths(layout.folder).work, 'kube-proxy.json')
  await writeFile(settings, JSON.stringify(proxySettings(layout), null, 2))
  return {
    name: 'kube-proxy',
    command: join(layout.programs.bin, 'kube-proxy'),
    args: [`--config=${settings}`],
  }
}

/** Whether kube-proxy has written its rules once. */
export async function kubeProxyAnswers(): Promise<boolean> {
  return (await fetch('http://127.0.0.1:10256/healthz', { signal: AbortSignal.timeout(2000) })).ok
}

function proxySettings(layout: Layout): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    hostnameOverride: nodeName,
    clientConnection: { kubeconfig: kubeconfigOf(layout.folder, 'kube-proxy') },
    clusterCIDR: addresses.pods,
    // A limit of 0 leaves the machine's own connection tracking limits alone.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    iptables: { minSyncPeriod: '0s', syncPeriod: '30s' },
    healthzBindAddress: '127.0.0.1:10256',
    metricsBindAddress: '127.0.0.1:10249',
    oomScoreAdj: 0,
  }
}
