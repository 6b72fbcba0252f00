import { join } from 'node:path'
import type { Component } from './component.ts'
import { kubeconfigOf } from '../access/credentials.ts'
import { bedPaths, type Layout } from '../machine/layout.ts'

/** The scheduler: the default profile, alone, hence without leader election. */
export function scheduler(layout: Layout): Component {
  const pki = bedPaths(layout.folder).certificates
  const kubeconfig = kubeconfigOf(layout.folder, 'scheduler')
  return {
    name: 'kube-scheduler',
    command: join(layout.programs.bin, 'kube-scheduler'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--tls-cert-file=${join(pki, 'loopback.crt')}`,
      `--tls-private-key-file=${join(pki, 'loopback.key')}`,
    ],
  }
}
