import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { build, moduleFiles } from './build.ts'
import { cached, cacheKey, exists } from './cache.ts'
import { Failure } from '../failure.ts'
import { bedSource, cacheFolder } from '../machine/folders.ts'
import { downloadRelease, kubernetesPrograms, type Versions } from './release.ts'
import type { Report } from '../report.ts'
import { findGo } from './toolchain.ts'

const versions: Versions = { kubernetes: 'v1.36.3', etcd: 'v3.6.8' }
const programs = ['etcd', ...kubernetesPrograms]

/**
 * A folder that holds etcd and every Kubernetes program, each under its own name: the one named by
 * FAIRLEAD_NODE_BINARY, else the cache's, else the official release's, else built from Go modules.
 */
export async function obtainNode(environment: NodeJS.ProcessEnv, report: Report): Promise<string> {
  const given = environment.FAIRLEAD_NODE_BINARY
  if (given) return givenNode(given, environment, report)
  const folder = await cached(await nodeFolder(environment), report, async (into) => {
    const bin = join(into, 'bin')
    await mkdir(bin)
    if (await downloadRelease(bin, versions, report)) return
    report.line('official release: cannot be reached, building from Go modules instead (10 to 15 min on two cores, once)')
    await buildNode(bin, environment, report)
  })
  return join(folder, 'bin')
}

/** Where the Kubernetes programs are kept. Changes with every change of the module they are built from. */
export async function nodeFolder(environment: NodeJS.ProcessEnv): Promise<string> {
  return join(cacheFolder(environment), `node-${await cacheKey(await moduleFiles(join(bedSource, 'node')))}`)
}

/** A program given by hand is either a folder of programs or the one multi-call program. */
async function givenNode(given: string, environment: NodeJS.ProcessEnv, report: Report): Promise<string> {
  if (await exists(join(given, 'kube-apiserver'))) return given
  if (!(await exists(given))) {
    throw new Failure(`FAIRLEAD_NODE_BINARY: expected a folder of Kubernetes programs or the multi-call program, got ${given}, which does not exist`)
  }
  const links = join(cacheFolder(environment), `node-given-${await cacheKey([given])}`)
  const folder = await cached(links, report, async (into) => {
    await mkdir(join(into, 'bin'))
    await linkPrograms(join(into, 'bin'), given)
  })
  return join(folder, 'bin')
}

async function buildNode(bin: string, environment: NodeJS.ProcessEnv, report: Report): Promise<void> {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(versions.kubernetes) ?? []
  await build(
    await findGo(environment, report),
    {
      title: `Kubernetes ${versions.kubernetes}`,
      module: join(bedSource, 'node'),
      output: join(bin, 'node'),
      stamps: {
        'k8s.io/component-base/version.gitVersion': versions.kubernetes,
        'k8s.io/component-base/version.gitMajor': major,
        'k8s.io/component-base/version.gitMinor': minor,
        'k8s.io/client-go/pkg/version.gitVersion': versions.kubernetes,
      },
    },
    report,
  )
  await linkPrograms(bin, 'node')
}

async function linkPrograms(bin: string, target: string): Promise<void> {
  for (const program of programs) await symlink(target, join(bin, program))
}
