import { join } from 'node:path'
import type { Component } from './component.ts'
import { tokenFileOf } from '../access/credentials.ts'
import { addresses, bedPaths, type Layout } from '../machine/layout.ts'

/** The API server: bearer tokens from a file, client certificates, Node and RBAC authorization. */
export function apiserver(layout: Layout): Component {
  const pki = bedPaths(layout.folder).certificates
  return {
    name: 'kube-apiserver',
    command: join(layout.programs.bin, 'kube-apiserver'),
    args: [
      `--etcd-servers=${addresses.etcd}`,
      // The API of this one node is reached by loopback; Pods reach it by the kubernetes Service and this address.
      `--advertise-address=${addresses.node}`,
      '--secure-port=6443',
      `--service-cluster-ip-range=${addresses.services}`,
      '--allow-privileged=true',
      `--tls-cert-file=${join(pki, 'apiserver.crt')}`,
      `--tls-private-key-file=${join(pki, 'apiserver.key')}`,
      `--cert-dir=${pki}`,
      `--client-ca-file=${join(pki, 'ca.crt')}`,
      `--token-auth-file=${tokenFileOf(layout.folder)}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${join(pki, 'sa.pub')}`,
      `--service-account-signing-key-file=${join(pki, 'sa.key')}`,
      `--kubelet-client-certificate=${join(pki, 'kubelet-client.crt')}`,
      `--kubelet-client-key=${join(pki, 'kubelet-client.key')}`,
      `--kubelet-certificate-authority=${join(pki, 'ca.crt')}`,
      // Extension API servers, such as a metrics server, believe the API server about who is asking.
      `--requestheader-client-ca-file=${join(pki, 'ca.crt')}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${join(pki, 'front-proxy-client.crt')}`,
      `--proxy-client-key-file=${join(pki, 'front-proxy-client.key')}`,
      '--kubelet-preferred-address-types=InternalIP',
    ],
  }
}
