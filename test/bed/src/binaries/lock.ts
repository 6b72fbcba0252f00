import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isAlive, type ProcessIdentity } from '../machine/process-identity.ts'
import type { Report } from '../report.ts'

/**
 * Holds `folder` as a lock while `work` runs. A second process waits and says for whom; a lock whose holder is gone is
 * taken over. Does not work between machines, nor between process namespaces.
 */
export async function withLock<Result>(folder: string, report: Report, work: () => Promise<Result>): Promise<Result> {
  await take(folder, report)
  try {
    return await work()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function take(folder: string, report: Report): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  for (let announced = false; !(await created(folder)); await sleep(100)) {
    const holder = await holderOf(folder)
    if (await isAbandoned(folder, holder)) {
      await rm(folder, { recursive: true, force: true })
    } else if (!announced && holder !== undefined) {
      announced = true
      report.line(`waiting for process ${holder.pid}, which holds ${folder}`)
    }
  }
  await writeFile(join(folder, 'holder'), JSON.stringify(await identify(process.pid)))
}

async function created(folder: string): Promise<boolean> {
  try {
    await mkdir(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function isAbandoned(folder: string, holder: ProcessIdentity | undefined): Promise<boolean> {
  if (holder !== undefined) return !(await isAlive(holder))
  const made = await stat(folder).catch(() => undefined)
  return made !== undefined && Date.now() - made.mtimeMs > 5000 // its maker died between making and signing it
}

async function holderOf(folder: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(join(folder, 'holder'), 'utf8').catch(() => '')
  try {
    return JSON.parse(text) as ProcessIdentity
  } catch {
    return undefined // not signed yet
  }
}
