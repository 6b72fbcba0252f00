import { createHash } from 'node:crypto'
import { chmod, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Failure, sentence } from '../failure.ts'
import { run } from '../machine/program.ts'
import type { Report } from '../report.ts'

/** The programs of a Kubernetes release the bed runs; etcd is published elsewhere. */
export const kubernetesPrograms: readonly string[] = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy', 'kubectl']

const kubernetesHost = 'dl.k8s.io'
const etcdHost = 'github.com'

/** Versions as they are published, with their leading `v`. */
export interface Versions {
  readonly kubernetes: string
  readonly etcd: string
}

/**
 * Downloads the official programs into `into`, each checked against its published SHA-256. One try: `false` at once
 * where the hosts cannot be reached within five seconds. A wrong checksum is a `Failure`, never a fall-through.
 */
export async function downloadRelease(into: string, versions: Versions, report: Report): Promise<boolean> {
  if (!(await reachable(kubernetesHost)) || !(await reachable(etcdHost))) return false
  try {
    for (const program of kubernetesPrograms) {
      report.progress(`downloading ${program} ${versions.kubernetes}`)
      await downloadProgram(program, into, versions.kubernetes)
    }
    report.progress(`downloading etcd ${versions.etcd}`)
    await downloadEtcd(into, versions.etcd)
    return true
  } catch (error) {
    if (error instanceof Failure) throw error
    report.line(`official release: ${sentence(error)}`)
    return false
  }
}

async function downloadProgram(program: string, into: string, version: string): Promise<void> {
  const url = `https://${kubernetesHost}/release/${version}/bin/linux/${architecture()}/${program}`
  const [bytes, published] = await Promise.all([get(url), get(`${url}.sha256`)])
  verify(program, bytes, String(published).trim().split(/\s/)[0])
  await writeFile(join(into, program), bytes)
  await chmod(join(into, program), 0o755)
}

async function downloadEtcd(into: string, version: string): Promise<void> {
  const folder = `etcd-${version}-linux-${architecture()}`
  const base = `https://${etcdHost}/etcd-io/etcd/releases/download/${version}`
  const [bytes, sums] = await Promise.all([get(`${base}/${folder}.tar.gz`), get(`${base}/SHA256SUMS`)])
  verify(`${folder}.tar.gz`, bytes, sumOf(String(sums), `${folder}.tar.gz`))
  const archive = join(into, 'etcd.tar.gz')
  await writeFile(archive, bytes)
  await run('tar', ['-xzf', archive, '-C', into, '--strip-components=1', '--no-same-owner', `${folder}/etcd`])
  await rm(archive)
}

/** The checksum a SHA256SUMS file gives for a file, or `undefined` when it does not name it. */
export function sumOf(sums: string, file: string): string | undefined {
  return sums
    .split('\n')
    .map((line) => line.trim().split(/\s+\*?/))
    .find(([, name]) => name === file)?.[0]
}

function verify(what: string, bytes: Buffer, expected: string | undefined): void {
  const got = createHash('sha256').update(bytes).digest('hex')
  if (got !== expected) throw new Failure(`${what}: expected the published SHA-256 ${expected ?? '(none)'}, got ${got}; nothing was installed`)
}

async function get(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(300_000) })
  if (!response.ok) throw new Error(`${url}: expected 200, got ${response.status}`)
  return Buffer.from(await response.arrayBuffer())
}

/** Whether a connection to port 443 opens within five seconds. */
function reachable(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port: 443 })
    const finish = (answer: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answer)
    }
    const timer = setTimeout(() => finish(false), 5000)
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

function architecture(): string {
  return process.arch === 'x64' ? 'amd64' : process.arch
}
