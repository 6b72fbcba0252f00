import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { withLock } from './lock.ts'
import type { Report } from '../report.ts'

/** The first twelve digits of the SHA-256 over the names and bytes of files, in the order given. */
export async function cacheKey(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const file of files) {
    const bytes = await readFile(file)
    hash.update(`${basename(file)} ${bytes.length}\n`).update(bytes)
  }
  return hash.digest('hex').slice(0, 12)
}

/**
 * The folder `folder`, filled by `fill` the first time it is asked for. It appears whole or not at all: it is filled
 * beside its place and renamed, and of two processes the second waits for the first. A failed fill leaves nothing.
 */
export async function cached(folder: string, report: Report, fill: (into: string) => Promise<void>): Promise<string> {
  if (await exists(folder)) return folder
  return withLock(`${folder}.lock`, report, async () => {
    if (await exists(folder)) return folder
    const making = join(dirname(folder), `.${basename(folder)}.making`)
    try {
      await rm(making, { recursive: true, force: true })
      await mkdir(making, { recursive: true })
      await fill(making)
      await rename(making, folder)
    } finally {
      await rm(making, { recursive: true, force: true })
    }
    return folder
  })
}

/** Whether something is at that path. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
