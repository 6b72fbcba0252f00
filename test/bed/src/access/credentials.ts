import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { addresses, bedPaths, nodeName } from '../machine/layout.ts'

/** Ways to sign in to a bed, as files and texts. All of them are worthless outside it. */
export interface Credentials {
  readonly server: string
  readonly caFile: string
  /** A client certificate of the user `admin-certificate` in group `system:masters`. */
  readonly certificateFile: string
  readonly keyFile: string
  /** Bearer tokens: `admin` may do everything, `limited` (user and group of that name) nothing until a test binds a role. */
  readonly tokens: { readonly admin: string; readonly limited: string }
  /** Kubeconfig files with these credentials, everything inside the file. */
  readonly kubeconfigs: { readonly admin: string; readonly limited: string; readonly certificate: string }
}

/** Users of the static token file: name -> user, groups. The first two are for people and tests. */
const users: Readonly<Record<string, readonly [user: string, group: string]>> = {
  admin: ['admin', 'system:masters'],
  limited: ['limited', 'limited'],
  'controller-manager': ['system:kube-controller-manager', ''],
  scheduler: ['system:kube-scheduler', ''],
  kubelet: [`system:node:${nodeName}`, 'system:nodes'],
  'kube-proxy': ['system:kube-proxy', ''],
}

/** The kubeconfig file of one of the bed's users; `issueCredentials` writes it. */
export function kubeconfigOf(folder: string, user: string): string {
  return join(bedPaths(folder).kube, user === 'admin' ? 'config' : `${user}.config`)
}

/** The static token file the API server reads. */
export function tokenFileOf(folder: string): string {
  return join(bedPaths(folder).kube, 'tokens.csv')
}

/** Writes a token file with new tokens, and a kubeconfig for every user. Needs the certificates to be there. */
export async function issueCredentials(folder: string): Promise<void> {
  const { kube, certificates } = bedPaths(folder)
  await mkdir(kube, { recursive: true })
  const authority = await readFile(join(certificates, 'ca.crt'), 'base64')
  const lines: string[] = []
  for (const [name, [user, group]] of Object.entries(users)) {
    const token = randomBytes(16).toString('hex')
    lines.push(`${token},${user},${name},"${group}"`)
    await writeFile(kubeconfigOf(folder, name), kubeconfig(name, authority, [`token: ${token}`]), { mode: 0o600 })
  }
  await writeFile(tokenFileOf(folder), `${lines.join('\n')}\n`, { mode: 0o600 })
  const pair = [
    `client-certificate-data: ${await readFile(join(certificates, 'admin.crt'), 'base64')}`,
    `client-key-data: ${await readFile(join(certificates, 'admin.key'), 'base64')}`,
  ]
  await writeFile(kubeconfigOf(folder, 'certificate'), kubeconfig('certificate', authority, pair), { mode: 0o600 })
}

/** The credentials of a bed that is up. */
export async function readCredentials(folder: string): Promise<Credentials> {
  const { certificates } = bedPaths(folder)
  const tokens = new Map(
    (await readFile(tokenFileOf(folder), 'utf8')).split('\n').map((line) => {
      const [token = '', , name = ''] = line.split(',')
      return [name, token]
    }),
  )
  return {
    server: addresses.api,
    caFile: join(certificates, 'ca.crt'),
    certificateFile: join(certificates, 'admin.crt'),
    keyFile: join(certificates, 'admin.key'),
    tokens: { admin: tokens.get('admin') ?? '', limited: tokens.get('limited') ?? '' },
    kubeconfigs: {
      admin: kubeconfigOf(folder, 'admin'),
      limited: kubeconfigOf(folder, 'limited'),
      certificate: kubeconfigOf(folder, 'certificate'),
    },
  }
}

function kubeconfig(user: string, authority: string, signIn: readonly string[]): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'current-context: bed',
    'clusters:',
    '- name: bed',
    '  cluster:',
    `    server: ${addresses.api}`,
    `    certificate-authority-data: ${authority}`,
    'users:',
    `- name: ${user}`,
    '  user:',
    ...signIn.map((line) => `    ${line}`),
    'contexts:',
    '- name: bed',
    '  context:',
    '    cluster: bed',
    `    user: ${user}`,
    '    namespace: default',
    '',
  ].join('\n')
}
