import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes down who else's work is in a bundle, and under which terms: one part per package, in order.
 * The bundler's own list keeps only the last chunk's. Throws for a package that comes without a licence text.
 */
export async function licencesOf(modules: Iterable<string>): Promise<string> {
  const folders = new Set([...modules].flatMap((module) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(module)?.[0] ?? []))
  const parts = await Promise.all([...folders].map(licenceOf))
  return parts.toSorted().join(`\n${'-'.repeat(80)}\n\n`)
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, string>>
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(entry))
  if (file === undefined) throw new Error(`${name}@${version}: expected a licence text to ship with the bundle, found none`)
  return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`
}
