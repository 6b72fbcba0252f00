import { join } from 'node:path'
import type { Component } from './component.ts'
import { kubeconfigOf } from '../access/credentials.ts'
import { bedPaths, type Layout } from '../machine/layout.ts'

/** The controller manager: all default controllers, alone, hence without leader election. */
export function controllers(layout: Layout): Component {
  const pki = bedPaths(layout.folder).certificates
  const kubeconfig = kubeconfigOf(layout.folder, 'controller-manager')
  return {
    name: 'kube-controller-manager',
    command: join(layout.programs.bin, 'kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      `--service-account-private-key-file=${join(pki, 'sa.key')}`,
      `--root-ca-file=${join(pki, 'ca.crt')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      // Each controller asks for a token of its own at the start: at the default 20 requests a second that takes 3 s.
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
      `--flex-volume-plugin-dir=${join(bedPaths(layout.folder).work, 'volume-plugins')}`,
      '--bind-address=127.0.0.1',
      `--tls-cert-file=${join(pki, 'loopback.crt')}`,
      `--tls-private-key-file=${join(pki, 'loopback.key')}`,
    ],
  }
}
