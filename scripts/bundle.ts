import { createRequire } from 'node:module'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { licencesOf } from './licences.ts'

interface Module {
  readonly resource?: string
  readonly modules?: Iterable<Module>
}

interface NccOutput {
  readonly code: string
  readonly stats: { readonly compilation: { readonly modules: Iterable<Module> } }
  readonly assets: Readonly<Record<string, { readonly source: string | Uint8Array }>>
}

const require = createRequire(import.meta.url)
const ncc = require('@vercel/ncc') as (entry: string, options: Readonly<Record<string, unknown>>) => Promise<NccOutput>

/**
 * Bundles the compiled main.js of an action, or of the command line, into a folder, with the licences of everything inside, and answers its size in bytes.
 * The output does not depend on where the repository lies. Throws when a module is missing: ncc itself says nothing and writes a bundle that throws at its start.
 */
export async function bundle(action: string, dist: string): Promise<number> {
  const { code, assets, stats } = await ncc(join(action, 'build/main.js'), { quiet: true, cache: false })
  const licences = await licencesOf(resources(stats.compilation.modules))
  await write(dist, { 'index.js': code, 'LICENSES.txt': licences, ...Object.fromEntries(Object.entries(assets).map(([name, { source }]) => [name, source])) })
  const stub = await missingModule(dist)
  if (stub !== undefined) throw new Error(`${action}: the bundle misses a module: ${stub}`)
  const names = await readdir(dist, { recursive: true })
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(dist, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The files of all modules, those that were put together into one as well. */
function* resources(modules: Iterable<Module>): Generator<string> {
  for (const { resource, modules: inner = [] } of modules) {
    if (resource !== undefined) yield resource
    yield* resources(inner)
  }
}

/** Finds the stub that the bundler leaves where it could not resolve an import, in a bundle's folder. */
export async function missingModule(dist: string): Promise<string | undefined> {
  for (const name of await readdir(dist)) {
    if (!name.endsWith('.js')) continue
    const found = /(?:webpackMissingModule|Cannot find module '[^']+'"\); e\.code = 'MODULE_NOT_FOUND').*/.exec(await readFile(join(dist, name), 'utf8'))
    if (found !== null) return found[0].slice(0, 200)
  }
  return undefined
}

async function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
}
