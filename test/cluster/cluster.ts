import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { parse, stringify } from 'yaml'

/** The committed bundles under test. */
export const ACTIONS = resolve(import.meta.dirname, '../../actions')

/** A namespace of a test's own. */
export interface Place {
  readonly namespace: string
  readonly apply: (manifest: string | object) => Promise<void>
  readonly kubectl: (...args: readonly string[]) => Promise<string>
  readonly remove: () => Promise<void>
}

/** The kubeconfig of the cluster this suite runs on. Without one the suite fails: it is never skipped in silence. */
export function adminKubeconfig(): string {
  const { KUBECONFIG: path } = process.env
  if (path === undefined || path === '')
    throw new Error('these tests need a cluster: run them by `pnpm test`, or by `pnpm bed exec` with FAIRLEAD_SUITE=cluster')
  return path
}

/** Makes a namespace with a name nobody else has. */
export async function makePlace(purpose: string): Promise<Place> {
  const namespace = `fairlead-${purpose}-${randomBytes(3).toString('hex')}`
  const inside = (...args: readonly string[]) => kubectl(['-n', namespace, ...args])
  await kubectl(['create', 'namespace', namespace])
  return {
    namespace,
    apply: async (manifest) => void (await kubectl(['-n', namespace, 'apply', '-f', '-'], typeof manifest === 'string' ? manifest : stringify(manifest))),
    kubectl: inside,
    remove: async () => void (await kubectl(['delete', 'namespace', namespace, '--wait=false'])),
  }
}

/** Runs kubectl as the administrator of the cluster; rejects with its complaint. */
export async function kubectl(args: readonly string[], input = ''): Promise<string> {
  const child = spawn('kubectl', args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, KUBECONFIG: adminKubeconfig() } })
  let [output, complaint] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  child.stdin.end(input)
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail)
    child.on('close', done)
  })
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${complaint.trim()}`)
  return output
}

/** The server and authority of the cluster. */
export interface Endpoint {
  readonly server: string
  /** PEM in base64. */
  readonly authority: string
}

/** Reads where the cluster is from the administrator's kubeconfig. */
export async function endpoint(): Promise<Endpoint> {
  const config = parse(await kubectl(['config', 'view', '--raw', '--minify', '--flatten'])) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
  }
  const { server = '', 'certificate-authority-data': authority = '' } = config.clusters[0]?.cluster ?? {}
  return { server, authority }
}

/** A kubeconfig for one user of the cluster. */
export function kubeconfig(
  { server, authority }: Partial<Endpoint> & Pick<Endpoint, 'server'>,
  user: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, ...(authority === undefined ? {} : { 'certificate-authority-data': authority }), ...more } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  })
}

/** Makes an account with the rules given, and a token for it. */
export async function account(place: Place, name: string, rules: readonly unknown[]): Promise<string> {
  const metadata = { name }
  const binding = {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: place.namespace }],
  }
  const objects = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata, ...binding },
  ]
  await place.apply(objects.map((object) => stringify(object)).join('---\n'))
  return (await place.kubectl('create', 'token', name, '--duration=1h')).trim()
}
