import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { moduleFiles } from '../binaries/build.ts'
import { cached, cacheKey, exists } from '../binaries/cache.ts'
import { buildInDocker, goArchitecture } from '../binaries/docker-go.ts'
import { Failure } from '../failure.ts'
import { bedFolder, cacheFolder, lockOf, shopSource } from '../machine/folders.ts'
import { packTestImage, shopImage, shopVersions } from '../images/images.ts'
import { bedPaths } from '../machine/layout.ts'
import { withLock } from '../binaries/lock.ts'
import { obtainNode } from '../binaries/node.ts'
import { archive } from '../images/oci.ts'
import { attempt, findProgram, run } from '../machine/program.ts'
import { obtainShop } from '../binaries/programs.ts'
import { readRecord, type ClusterRecord } from './record.ts'
import { stopwatch, type Report } from '../report.ts'
import { writeJson } from '../lifecycle/status.ts'
import { findGo } from '../binaries/toolchain.ts'

/** The record of a cluster in Docker. */
export type KindRecord = Extract<ClusterRecord, { kind: 'kind' }>

const kindVersion = 'v0.32.0'

/** Whether a Docker daemon answers. A docker command alone proves nothing. */
export async function dockerAnswers(): Promise<boolean> {
  const answer = await attempt('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: 5000 }).catch(() => undefined)
  return answer?.code === 0
}

/** Brings up a kind cluster of its own with the sample images in it, or finds the one of that name. Uses whatever node image kind prefers. */
export async function kindUp(name: string, environment: NodeJS.ProcessEnv, report: Report): Promise<KindRecord> {
  const folder = bedFolder(environment, name)
  return withLock(lockOf(folder), report, async () => {
    const program = await obtainKind(environment, report)
    const known = await readRecord(environment, name)
    if (known?.kind === 'kind' && (await kindRuns(known))) return known
    const shop = await obtainShopForKind(environment, report)
    const kubectl = await findProgram('kubectl', environment)
    const bin = kubectl === undefined ? await obtainNode(environment, report) : dirname(kubectl)
    const record: KindRecord = { kind: 'kind', name, folder, program, bin, shop }
    await create(record, report)
    return record
  })
}

/** Whether Docker still runs the cluster of that record. */
export async function kindRuns(record: KindRecord): Promise<boolean> {
  const answer = await attempt(record.program, ['get', 'clusters']).catch(() => undefined)
  return answer?.output.split('\n').some((line) => line.trim() === clusterName(record.name)) ?? false
}

/** Deletes the cluster and everything kept of it. */
export async function kindDown(record: KindRecord): Promise<void> {
  await run(record.program, ['delete', 'cluster', '--name', clusterName(record.name)])
  await rm(record.folder, { recursive: true, force: true })
}

/** Puts an image archive into the cluster's node, under the name it carries. */
export async function kindLoad(record: KindRecord, imageArchive: Buffer): Promise<void> {
  const file = join(record.folder, `image-${process.pid}-${Date.now()}.tar`)
  await writeFile(file, imageArchive)
  try {
    await run(record.program, ['load', 'image-archive', file, '--name', clusterName(record.name)])
  } finally {
    await rm(file, { force: true })
  }
}

async function create(record: KindRecord, report: Report): Promise<void> {
  const elapsed = stopwatch()
  const { kube, record: file } = bedPaths(record.folder)
  await mkdir(kube, { recursive: true })
  report.progress('creating a kind cluster (its node image is downloaded the first time)')
  await run(record.program, ['create', 'cluster', '--name', clusterName(record.name), '--kubeconfig', join(kube, 'config'), '--wait', '120s'])
  await writeJson(file, record)
  for (const version of shopVersions) await kindLoad(record, archive(await packTestImage(shopImage(version), record.shop)))
  report.line(`kind cluster ${clusterName(record.name)}, with shop:${shopVersions.join(', :')}  ${elapsed()}`)
}

async function obtainKind(environment: NodeJS.ProcessEnv, report: Report): Promise<string> {
  const onPath = await findProgram('kind', environment)
  if (onPath !== undefined) return onPath
  const folder = await cached(join(cacheFolder(environment), `kind-${kindVersion}`), report, async (into) => {
    report.progress(`building kind ${kindVersion}`)
    const source = `sigs.k8s.io/kind@${kindVersion}`
    const os = process.platform === 'darwin' ? 'darwin' : process.platform === 'win32' ? 'windows' : 'linux'
    if (!(await hasGo(environment))) return buildInDocker({ source, output: join(into, 'kind'), os, architecture: goArchitecture(process.arch) })
    const go = await findGo(environment, report)
    await run(go.command, ['install', source], { environment: { ...go.environment, GOBIN: into, GOFLAGS: '', CGO_ENABLED: '0' } })
  })
  const program = join(folder, 'kind')
  if (await exists(program)) return program
  throw new Failure(`kind: expected ${program} after building it, got nothing; delete ${folder} and try again`)
}

/** The sample application's program for the cluster's Linux, built in a container where there is no Go. */
async function obtainShopForKind(environment: NodeJS.ProcessEnv, report: Report): Promise<string> {
  if (process.platform === 'linux' && (await hasGo(environment))) return obtainShop(environment, report)
  const key = await cacheKey(await moduleFiles(shopSource))
  const folder = await cached(join(cacheFolder(environment), `shop-in-docker-${key}`), report, async (into) => {
    report.progress('building shop in a container')
    await buildInDocker({ source: shopSource, output: join(into, 'shop'), os: 'linux', architecture: goArchitecture(process.arch) })
  })
  return join(folder, 'shop')
}

async function hasGo(environment: NodeJS.ProcessEnv): Promise<boolean> {
  return (await findProgram('go', environment)) !== undefined
}

function clusterName(name: string): string {
  return `fairlead-${name}`
}
