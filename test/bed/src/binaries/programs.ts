import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build, moduleFiles } from './build.ts'
import { cached, cacheKey } from './cache.ts'
import { bedSource, cacheFolder, shopSource } from '../machine/folders.ts'
import { obtainNode } from './node.ts'
import type { Report } from '../report.ts'
import { findGo } from './toolchain.ts'

/** Every program the bed runs that Debian does not bring. */
export interface Programs {
  /** The folder of etcd and the Kubernetes programs. */
  readonly bin: string
  readonly registry: string
  readonly pause: string
  readonly shop: string
}

/** Obtains all programs, the missing ones one at a time: two heavy builds at once help nobody. */
export async function obtainPrograms(environment: NodeJS.ProcessEnv, report: Report): Promise<Programs> {
  const bin = await obtainNode(environment, report)
  const registry = environment.FAIRLEAD_REGISTRY_BINARY || (await obtainBuilt({ name: 'registry', module: join(bedSource, 'registry') }, environment, report))
  const pause = await obtainBuilt({ name: 'pause', module: join(bedSource, 'pause') }, environment, report)
  const shop = await obtainShop(environment, report)
  return { bin, registry, pause, shop }
}

/** The sample application's program, of which the test images are made. */
export function obtainShop(environment: NodeJS.ProcessEnv, report: Report): Promise<string> {
  return obtainBuilt({ name: 'shop', module: shopSource }, environment, report)
}

/** A static program of a Go module of ours. */
export interface Source {
  readonly name: string
  /** The folder of its go.mod and main.go. */
  readonly module: string
}

/** The path of a program built from a module of ours, from the cache when its sources have not changed. */
export async function obtainBuilt({ name, module }: Source, environment: NodeJS.ProcessEnv, report: Report): Promise<string> {
  const key = await cacheKey(await moduleFiles(module))
  const folder = await cached(join(cacheFolder(environment), `${name}-${key}`), report, async (into) => {
    await mkdir(join(into, 'bin'))
    await build(await findGo(environment, report), { title: name, module, output: join(into, 'bin', name) }, report)
  })
  return join(folder, 'bin', name)
}
