import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addresses, nodeName } from '../machine/layout.ts'
import { run } from '../machine/program.ts'

/** A certificate to issue: who it names, what it may be used for and the addresses it vouches for. */
export interface Certificate {
  readonly name: string
  readonly commonName: string
  readonly organization?: string
  readonly use: 'authority' | 'server' | 'client'
  readonly addresses?: readonly string[]
}

const authority: Certificate = { name: 'ca', commonName: 'fairlead bed', use: 'authority' }

/** The certificates a bed issues under its own authority. */
export const bedCertificates: readonly Certificate[] = [
  {
    name: 'apiserver',
    commonName: 'kube-apiserver',
    use: 'server',
    addresses: [
      'IP:127.0.0.1',
      `IP:${addresses.node}`,
      `IP:${addresses.apiService}`,
      'DNS:localhost',
      'DNS:kubernetes',
      'DNS:kubernetes.default',
      'DNS:kubernetes.default.svc',
    ],
  },
  { name: 'loopback', commonName: 'localhost', use: 'server', addresses: ['IP:127.0.0.1', 'DNS:localhost'] },
  { name: 'kubelet', commonName: `system:node:${nodeName}`, use: 'server', addresses: [`IP:${addresses.node}`, `DNS:${nodeName}`] },
  { name: 'kubelet-client', commonName: 'kube-apiserver-kubelet-client', organization: 'system:masters', use: 'client' },
  { name: 'front-proxy-client', commonName: 'front-proxy-client', use: 'client' },
  { name: 'admin', commonName: 'admin-certificate', organization: 'system:masters', use: 'client' },
]

/** Issues an authority, `bedCertificates` and the service account key into `folder`, as `<name>.crt` and `<name>.key`. */
export async function issueCertificates(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await issue(authority, folder)
  await Promise.all([...bedCertificates.map((certificate) => issue(certificate, folder)), writeServiceAccountKey(folder)])
}

async function issue(certificate: Certificate, folder: string): Promise<void> {
  const settings = join(folder, `${certificate.name}.cnf`)
  await writeFile(settings, opensslSettings(certificate))
  const signer = certificate.use === 'authority' ? [] : ['-CA', join(folder, 'ca.crt'), '-CAkey', join(folder, 'ca.key')]
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '3650',
    '-config',
    settings,
    '-keyout',
    join(folder, `${certificate.name}.key`),
    '-out',
    join(folder, `${certificate.name}.crt`),
    ...signer,
  ])
}

async function writeServiceAccountKey(folder: string): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 })
  await writeFile(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
}

/** The openssl settings that make a certificate what it says. */
export function opensslSettings(certificate: Certificate): string {
  const isAuthority = certificate.use === 'authority'
  return [
    '[req]',
    'prompt = no',
    'distinguished_name = name',
    'x509_extensions = extensions',
    '[name]',
    ...(certificate.organization === undefined ? [] : [`O = ${certificate.organization}`]),
    `CN = ${certificate.commonName}`,
    '[extensions]',
    `basicConstraints = critical, CA:${isAuthority ? 'TRUE' : 'FALSE'}`,
    `keyUsage = critical, ${isAuthority ? 'keyCertSign, cRLSign' : 'digitalSignature'}`,
    'subjectKeyIdentifier = hash',
    ...(isAuthority ? [] : ['authorityKeyIdentifier = keyid', `extendedKeyUsage = ${certificate.use}Auth`]),
    ...(certificate.addresses === undefined ? [] : [`subjectAltName = ${certificate.addresses.join(', ')}`]),
    '',
  ].join('\n')
}
